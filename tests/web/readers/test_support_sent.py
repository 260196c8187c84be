"""The support form, sent: to Stripe, or back with what is wrong said and everything kept."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from donations.domain.checkouts import CheckoutStatus
from donations.domain.gifts import Frequency
from donations.gateway.errors import StripeRefused, StripeUnavailable
from donations.models import Checkout
from donations.models.database import reading, writing
from tests.fakes import FakeGateway
from tests.web.readers.conftest import Reader

NASTY = "\"><script>alert(1)</script>'"

ERRORS = [
    ({"currency": "xxx"}, "Choose a currency", "currency"),
    ({"frequency": ""}, "Choose how you would like to give", "frequency-once"),
    ({"frequency": "weekly"}, "Choose how you would like to give", "frequency-once"),
    ({"amount_monthly": ""}, "Choose an amount, or enter another amount", "amount_monthly-1"),
    ({"amount_monthly": "11"}, "Choose an amount, or enter another amount", "amount_monthly-1"),
    ({"amount_monthly": "other"}, "Choose an amount, or enter another amount", "amount_monthly-1"),
    ({"amount_monthly": "other", "other_amount": "1"}, "Enter an amount of €2 or more", "other_amount"),
    ({"email": ""}, "Enter an email address, like name@example.com", "email"),
    ({"email": "nina"}, "Enter an email address, like name@example.com", "email"),
    ({"email": "nina@example.com\x00"}, "Enter an email address, like name@example.com", "email"),
    ({"name": "x" * 101}, "Enter a name of 100 characters or fewer", "name"),
]


def rows() -> list[Checkout]:
    with reading() as session:
        return list(session.scalars(select(Checkout).order_by(Checkout.id)))


@pytest.mark.parametrize(("fields", "sentence", "anchor"), ERRORS)
def test_what_is_wrong_is_said_above_and_beside_the_field(
    reader: Reader, fields: dict[str, str], sentence: str, anchor: str
) -> None:
    page = reader.is_shown(**fields)

    assert page.title.get_text().startswith("Error: ")
    summary = page.find(id="error-summary")
    assert "There is a problem" in summary.get_text()
    assert summary["tabindex"] == "-1"
    assert summary.has_attr("autofocus")
    link = summary.find("a", string=sentence)
    assert link["href"] == f"#{anchor}"
    target = page.find(id=anchor)
    if target.name == "input":
        described = [page.find(id=each) for each in str(target["aria-describedby"]).split()]
        assert sentence in " ".join(each.get_text() for each in described)
        assert target["aria-invalid"] == "true"


def test_above_the_most_the_page_says_where_to_write(reader: Reader) -> None:
    page = reader.is_shown(amount_monthly="other", other_amount="1001")

    assert "please write to us" in page.find(id="error-summary").get_text()
    assert page.select_one(".other-amount a")["href"] == "mailto:support@themoscowtimes.com"


def test_all_mistakes_are_listed_at_once_in_the_order_of_the_page(reader: Reader) -> None:
    page = reader.is_shown(frequency="", email="", name="x" * 101)

    assert [str(each["href"]) for each in page.select("#error-summary a")] == [
        "#frequency-once",
        "#email",
        "#name",
    ]


def test_every_value_is_kept_after_an_error(reader: Reader) -> None:
    page = reader.is_shown(
        currency="gbp",
        frequency="annual",
        amount_annual="other",
        amount_monthly="8",
        amount_once="80",
        other_amount="1 234.50",
        email="nina",
        name="Нина",
        cover_fees="yes",
        newsletter="yes",
        article="a1",
        utm_source="letter",
    )

    assert [str(each["id"]) for each in page.find_all("input", checked=True)] == [
        "frequency-annual",
        "amount_once-3",
        "amount_monthly-2",
        "amount_annual-other",
        "newsletter",
        "cover_fees",
    ]
    values = {str(each.get("name")): each.get("value") for each in page.find_all("input")}
    assert values["other_amount"] == "1 234.50"
    assert (values["email"], values["name"]) == ("nina", "Нина")
    assert (values["currency"], values["article"], values["utm_source"]) == ("gbp", "a1", "letter")


@pytest.mark.parametrize(
    "field", ["currency", "frequency", "amount_monthly", "other_amount", "email", "name", "article", "nonce"]
)
def test_nasty_input_comes_back_as_text_only(reader: Reader, field: str) -> None:
    response = reader.sends(**{"email": "nobody", field: NASTY})

    assert response.status_code == 422
    page = BeautifulSoup(response.text, "html.parser")
    assert [each.get("src") for each in page.find_all("script")] == ["/static/js/support.js"]


@pytest.mark.parametrize("body", ["", "[1]", "\xff\xfe", "nonce=%ff%00&email=%ed%a0%80"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/json", "text/plain"])
def test_a_body_that_is_no_form_of_ours_is_a_form_with_mistakes(reader: Reader, body: str, kind: str) -> None:
    response = reader.client.post("/support", data=body.encode("latin-1"), content_type=kind)

    assert response.status_code == 422


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "http://localhost:1"}],
)
def test_a_form_that_another_site_sends_is_refused(reader: Reader, headers: dict[str, str]) -> None:
    response = reader.sends(headers=headers)

    assert response.status_code == 403
    assert "open it on our own site" in response.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Origin": "null"},
        {"Origin": "http://localhost"},
        {},
    ],
)
def test_our_own_form_leads_to_stripe_with_nothing_but_a_redirect(
    giver: Reader, headers: dict[str, str]
) -> None:
    response = giver.sends(headers=headers)

    assert response.status_code == 303
    assert urlsplit(response.location).netloc == "checkout.stripe.com"
    assert "Set-Cookie" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"


def test_what_was_chosen_is_what_is_stored(giver: Reader, gateway: FakeGateway) -> None:
    giver.sends(
        currency="gbp",
        frequency="annual",
        amount_annual="other",
        amount_monthly="25",
        other_amount="£55.50",
        cover_fees="yes",
        newsletter="yes",
        article="a1",
        campaign="spring",
    )

    (row,) = rows()
    assert (row.frequency, row.currency) == (Frequency.ANNUAL, "gbp")
    assert (row.gift_amount, row.charge_amount) == (5550, 5655)
    assert (row.wants_newsletter, row.article, row.campaign) == (True, "a1", "spring")
    (parameters,) = gateway.created.values()
    assert parameters["line_items"][0]["price_data"]["unit_amount"] == 5655


def test_the_same_form_sent_again_leads_to_the_same_session(giver: Reader) -> None:
    nonce = giver.nonce()

    first, second = giver.sends(nonce), giver.sends(nonce)

    assert first.location == second.location
    assert len(rows()) == 1


def test_a_used_form_with_other_choices_is_shown_again_with_a_fresh_nonce(giver: Reader) -> None:
    nonce = giver.nonce()
    giver.sends(nonce)

    response = giver.sends(nonce, amount_monthly="15")

    assert response.status_code == 422
    page = BeautifulSoup(response.text, "html.parser")
    assert "already sent this form" in page.find(id="error-summary").get_text()
    fresh = str(page.find("input", {"name": "nonce"})["value"])
    assert giver.sends(fresh, amount_monthly="15").status_code == 303


@pytest.mark.parametrize(("was_answered", "is_kept"), [(False, True), (True, False)])
def test_stripe_down_is_said_and_only_an_unanswered_try_keeps_its_nonce(
    giver: Reader, gateway: FakeGateway, was_answered: bool, is_kept: bool
) -> None:
    nonce = giver.nonce()
    gateway.raising = [StripeUnavailable(was_answered=was_answered)]

    response = giver.sends(nonce, name="Нина", cover_fees="yes")

    assert response.status_code == 503
    page = BeautifulSoup(response.text, "html.parser")
    words = " ".join(page.select_one(".error-summary").get_text().split())
    assert words == (
        "You have not been charged. We could not reach our payment provider. "
        "Your choices are saved below; please try again."
    )
    assert page.find(id="name")["value"] == "Нина"
    assert (page.find("input", {"name": "nonce"})["value"] == nonce) is is_kept


def test_the_form_shown_after_an_error_of_stripes_can_be_sent(giver: Reader, gateway: FakeGateway) -> None:
    gateway.raising = [StripeUnavailable(was_answered=True)]
    page = BeautifulSoup(giver.sends().text, "html.parser")

    response = giver.sends(str(page.find("input", {"name": "nonce"})["value"]))

    assert response.status_code == 303


def test_a_refusal_by_stripe_charges_nothing_and_says_so(giver: Reader, gateway: FakeGateway) -> None:
    gateway.raising = [StripeRefused(status=400)]

    response = giver.sends()

    assert response.status_code == 503
    assert "You have not been charged." in response.text


def test_back_from_stripe_the_choices_are_there_and_nothing_personal(giver: Reader) -> None:
    giver.sends(
        frequency="once", amount_once="other", other_amount="33", cover_fees="yes", name="Нина", article="a1"
    )
    (row,) = rows()

    page = giver.looks(f"/support?back={row.reference}")

    assert "You have not been charged. Carry on where you left off." in page.get_text()
    assert page.select_one(".notice a")["href"] == row.stripe_url
    ids = [str(each["id"]) for each in page.find_all("input", checked=True)]
    assert {"frequency-once", "amount_once-other", "cover_fees"} <= set(ids)
    assert page.find(id="other_amount")["value"] == "33"
    assert page.find("input", {"name": "article"})["value"] == "a1"
    assert "nina" not in str(page).lower()
    assert "Нина" not in str(page)


def test_who_comes_back_after_paying_is_not_told_that_nothing_was_charged(giver: Reader) -> None:
    giver.sends()
    with writing() as session:
        row = session.scalars(select(Checkout)).one()
        row.status = CheckoutStatus.PAID

    response = giver.client.get(f"/support?back={row.reference}")

    assert response.status_code == 303
    assert response.location == f"/support/thanks/{row.reference}"


@pytest.mark.parametrize("back", ["nobody-knows-this", "%00", "x" * 500, "'; DROP TABLE checkout"])
def test_an_unknown_reference_to_come_back_to_is_ignored(giver: Reader, back: str) -> None:
    page = giver.looks(f"/support?back={back}")

    assert "You have not been charged" not in page.get_text()
