"""The hosted checkout page: one plain form, no script, nothing from elsewhere."""

from __future__ import annotations

import pytest
import requests
from bs4 import BeautifulSoup

from tests.sandbox import desk as cards
from tests.sandbox.desk import Desk


def page_of(answer: requests.Response) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "html.parser")


def shown(desk: Desk, mode: str = "payment", **changes: object) -> BeautifulSoup:
    session = desk.open(mode, **changes)
    return page_of(desk.http.get(str(session.url)))


def value_of(page: BeautifulSoup, name: str) -> str | None:
    field = page.find("input", attrs={"name": name})
    assert field is not None
    value = field.get("value")
    return None if value is None else str(value)


def test_the_form_has_the_field_names_of_stripes_own_page(desk: Desk) -> None:
    page = shown(desk)

    assert [field["name"] for field in page.find_all("input")] == [
        "email", "cardNumber", "cardExpiry", "cardCvc", "iban",
    ]  # fmt: skip
    assert len(page.find_all("form")) == 1
    assert page.find("script") is None


@pytest.mark.parametrize(
    ("mode", "changes", "words"),
    [
        ("payment", {"amount": 123456}, "Donate €1,234.56"),
        ("payment", {"amount": 1000, "currency": "jpy"}, "Donate ¥1,000"),
        ("subscription", {"amount": 1000}, "Donate €10.00 every month"),
        ("subscription", {"amount": 1000, "interval": "year", "currency": "usd"}, "Donate $10.00 every year"),
    ],
)
def test_the_button_says_what_will_be_charged(
    desk: Desk, mode: str, changes: dict[str, object], words: str
) -> None:
    page = shown(desk, mode, **changes)

    assert page.find("button").get_text(strip=True) == words
    assert "Support The Moscow Times" in page.find(class_="summary").get_text()
    assert page.find("a", class_="back")["href"] == cards.CANCEL_URL


def test_a_known_email_is_shown_and_cannot_be_changed(desk: Desk) -> None:
    session = desk.open(customer_email="known@example.org")
    page = page_of(desk.http.get(str(session.url)))
    assert value_of(page, "email") == "known@example.org"
    assert page.find("input", attrs={"name": "email"}).has_attr("readonly")

    desk.pay(session, email="someone-else@example.org")

    assert desk.again(session).customer_details.email == "known@example.org"


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"email": "nobody"}, "email", "Enter a complete email address"),
        ({"cardNumber": ""}, "cardNumber", "Enter a card number"),
        ({"cardNumber": "4242 4242 4242 4241"}, "cardNumber", "Your card number is invalid"),
        ({"cardExpiry": "13/30"}, "cardExpiry", "expiration date is incomplete"),
        ({"cardExpiry": "01/20"}, "cardExpiry", "in the past"),
        ({"cardCvc": "1"}, "cardCvc", "security code is incomplete"),
        ({"iban": "DE00 1234"}, "iban", "Your IBAN is invalid"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_the_rest_is_kept(
    desk: Desk, typed: dict[str, str], field: str, words: str
) -> None:
    session = desk.open()

    answer = desk.pay(session, **{"card": typed.get("cardNumber", cards.PAYS), **typed})

    page = page_of(answer)
    assert answer.status_code == 422
    assert words in page.find(id=f"{field}-error").get_text()
    assert page.find(id=field)["aria-invalid"] == "true"
    assert len(page.find_all(class_="error")) == 1
    assert value_of(page, "email") == typed.get("email", "reader@example.org")
    assert value_of(page, "cardExpiry") == typed.get("cardExpiry", "12 / 34")
    assert value_of(page, "cardCvc") is None
    assert desk.kinds() == {"checkout.session", "price", "product"}


def test_an_empty_form_names_every_field_it_needs(desk: Desk) -> None:
    session = desk.open()

    page = page_of(desk.http.post(str(session.url), {}))

    assert {error["id"] for error in page.find_all(class_="error")} == {
        "email-error", "cardNumber-error", "cardExpiry-error", "cardCvc-error",
    }  # fmt: skip


def test_paying_leads_back_with_the_session_id(desk: Desk) -> None:
    session = desk.open()

    answer = desk.pay(session)

    assert answer.status_code == 303
    assert answer.headers["Location"] == f"http://127.0.0.1:9/thanks?session={session.id}"


def test_a_page_that_was_paid_says_so_and_charges_nothing_more(desk: Desk) -> None:
    session = desk.give()

    shown_again = desk.http.get(f"{desk.server.base_url}/c/pay/{session.id}")
    sent_again = desk.pay(session)

    for answer in (shown_again, sent_again):
        assert answer.status_code == 200
        assert "This payment is complete" in answer.text
    assert len(desk.state()["objects"]["charge"]) == 1


def test_an_unknown_page_is_404(desk: Desk) -> None:
    assert desk.http.get(f"{desk.server.base_url}/c/pay/cs_test_nothing").status_code == 404


def test_a_debit_is_offered_only_in_euros(desk: Desk) -> None:
    session = desk.open(currency="usd")
    page = page_of(desk.http.get(str(session.url)))
    assert page.find("input", attrs={"name": "iban"}) is None

    answer = desk.pay(session, card="", iban=cards.IBAN_SETTLES)

    assert answer.status_code == 422


def test_a_debit_begins_a_subscription_that_waits_for_its_money(desk: Desk) -> None:
    session = desk.open("subscription")
    desk.pay(session, card="", iban=cards.IBAN_SETTLES)
    waiting = desk.again(session, "invoice.payments", "subscription")
    assert (waiting.payment_status, waiting.subscription.status, waiting.invoice.status) == (
        "unpaid", "active", "open",
    )  # fmt: skip

    intent = waiting.invoice.payments.data[0].payment.payment_intent
    desk.control("debits", payment_intent=intent, outcome="succeed")

    paid = desk.again(session, "invoice")
    assert (paid.payment_status, paid.invoice.status) == ("paid", "paid")


def test_the_challenge_page_is_only_there_while_it_is_asked(desk: Desk) -> None:
    session = desk.open()
    url = f"{desk.server.base_url}/c/challenge/{session.id}"
    assert desk.http.get(url, allow_redirects=False).status_code == 303

    desk.pay(session, cards.CHALLENGE)
    page = page_of(desk.http.get(url))

    assert [button.get_text() for button in page.find_all("button")] == ["Complete", "Fail"]
    assert desk.again(session, "payment_intent").payment_intent.status == "requires_action"


def test_pages_allow_nothing_from_elsewhere_but_the_way_back(desk: Desk) -> None:
    policy = desk.http.get(str(desk.open().url)).headers["Content-Security-Policy"]

    assert policy.startswith("default-src 'none'; style-src 'self'")
    assert "form-action 'self' http://127.0.0.1:9;" in policy


def test_what_is_typed_is_escaped(desk: Desk) -> None:
    answer = desk.pay(desk.open(), email='"><script>alert(1)</script>')

    assert "<script" not in answer.text
