"""A card that wants 3-D Secure at a renewal, and the page on which its giver answers the bank."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.sandbox import desk as cards
from tests.sandbox.desk import Desk
from tests.sandbox.hosted_invoice import HostedInvoice
from tests.sandbox.lives_in_time import DAY, keep_card, on_a_test_clock, subscription_for
from tests.sandbox.reading_events import Listener
from tests.sandbox.test_life import BILLED

ASKED = [
    "invoice.finalized", "payment_intent.requires_action", "payment_intent.created",
    "invoice.payment_action_required", "invoice.payment_failed", "customer.subscription.updated",
]  # fmt: skip
ASKED_AGAIN = [
    "payment_intent.requires_action", "invoice.payment_action_required", "invoice.payment_failed",
    "invoice.updated",
]  # fmt: skip
RECOVERED = [
    "charge.succeeded", "payment_intent.succeeded", "invoice.payment_succeeded", "invoice.paid",
    "customer.subscription.updated", "invoice_payment.paid",
]  # fmt: skip


def give_monthly(desk: Desk, card: str = cards.CHALLENGE) -> str:
    session = desk.open("subscription")
    desk.pay(session, card)
    desk.answer_challenge(session, "complete")
    return str(desk.again(session).subscription)


def read(desk: Desk, subscription: str) -> Any:
    expand: Any = {"expand": ["latest_invoice.payments"]}
    return desk.stripe.v1.subscriptions.retrieve(subscription, expand)


def intent_of(desk: Desk, subscription: Any) -> Any:
    payment = subscription.latest_invoice.payments.data[0].payment
    return desk.stripe.v1.payment_intents.retrieve(payment.payment_intent)


@pytest.fixture
def asked(desk: Desk) -> str:
    """A subscription whose renewal was asked for an hour after its period ended."""
    subscription = give_monthly(desk)
    desk.control("clock", to_next_renewal=True)
    return subscription


def page_of(desk: Desk, subscription: str) -> HostedInvoice:
    return HostedInvoice(desk, read(desk, subscription).latest_invoice)


@pytest.mark.parametrize("card", [cards.CHALLENGE, "4000002760003184"])
def test_a_renewal_that_wants_3d_secure_waits_for_its_giver(desk: Desk, card: str) -> None:
    subscription = give_monthly(desk, card)
    desk.control("clock", to=read(desk, subscription)["items"].data[0].current_period_end - DAY)
    listener = Listener(desk)

    desk.control("clock", days=1, seconds=3660)

    assert listener.types() == BILLED + ASKED
    behind = read(desk, subscription)
    assert (behind.status, behind.latest_invoice.status) == ("past_due", "open")
    assert behind.latest_invoice.hosted_invoice_url.endswith(f"/i/{behind.latest_invoice.id}")
    intent = intent_of(desk, behind)
    assert (intent.status, intent.last_payment_error) == ("requires_action", None)
    assert intent.next_action.type == "use_stripe_sdk"


def test_each_retry_asks_again_until_the_last_one_ends_it(desk: Desk, asked: str) -> None:
    listener = Listener(desk)
    told: list[list[str]] = []

    for days in (3, 2, 2):
        desk.control("clock", days=days)
        told.append(listener.types())

    assert told == [ASKED_AGAIN, ASKED_AGAIN, [*ASKED_AGAIN, "customer.subscription.deleted"]]
    ended = read(desk, asked)
    assert (ended.status, ended.cancellation_details.reason) == ("canceled", "payment_failed")
    assert (ended.latest_invoice.status, intent_of(desk, ended).status) == ("open", "requires_action")


def test_passing_the_question_pays_the_invoice_and_the_next_renewal_asks_again(
    desk: Desk, asked: str
) -> None:
    page, listener = page_of(desk, asked), Listener(desk)

    answer = page.send("complete")

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/i/{page.invoice.id}")
    assert listener.types() == RECOVERED
    paid = read(desk, asked)
    assert (paid.status, paid.latest_invoice.status, intent_of(desk, paid).status) == (
        "active", "paid", "succeeded",
    )  # fmt: skip
    charge = desk.stripe.v1.charges.retrieve(str(intent_of(desk, paid).latest_charge))
    assert charge.payment_method_details.card.three_d_secure.result == "authenticated"
    assert "This invoice is paid" in page.see().text
    desk.control("clock", to_next_renewal=True)
    assert (read(desk, asked).status, page_of(desk, asked).buttons()) == ("past_due", ["Complete", "Fail"])


def test_failing_the_question_leaves_it_open_and_another_card_pays_it(desk: Desk, asked: str) -> None:
    page, listener = page_of(desk, asked), Listener(desk)

    page.send("fail")
    refused, buttons = read(desk, asked), page.buttons()
    error = intent_of(desk, refused).last_payment_error
    told = listener.types()
    page.send("card")

    assert told == ["payment_intent.payment_failed", "invoice.payment_failed", "invoice.updated"]
    assert error.code == "payment_intent_authentication_failure"
    assert (refused.status, buttons) == ("past_due", ["Pay €10.00"])
    assert listener.types() == [*RECOVERED, "payment_method.attached"]
    paid = read(desk, asked)
    assert (paid.status, paid.latest_invoice.attempt_count) == ("active", 1)
    assert paid.default_payment_method != intent_of(desk, paid).payment_method


def test_after_a_wrong_answer_the_next_retry_asks_again(desk: Desk, asked: str) -> None:
    page_of(desk, asked).send("fail")

    desk.control("clock", days=3)

    again = read(desk, asked)
    assert (intent_of(desk, again).status, again.latest_invoice.attempt_count) == ("requires_action", 2)


def test_an_invoice_whose_card_failed_is_paid_by_a_typed_card(desk: Desk) -> None:
    subscription = str(desk.subscribe(cards.FAILS_LATER).subscription)
    desk.control("clock", to_next_renewal=True)
    page = page_of(desk, subscription)

    unreadable = page.send("card", cardNumber="4242")
    declined = page.send("card", cards.DECLINED)
    challenged = page.send("card", cards.CHALLENGE)
    behind, buttons = read(desk, subscription).status, page.buttons()
    page.send("complete")

    assert [answer.status_code for answer in (unreadable, declined, challenged)] == [422, 402, 303]
    assert "Your card number is invalid." in unreadable.text
    assert "Your card was declined." in declined.text
    assert (behind, buttons) == ("past_due", ["Complete", "Fail"])
    assert read(desk, subscription).status == "active"


def test_pressing_twice_pays_once(desk: Desk, asked: str) -> None:
    page = page_of(desk, asked)
    page.send("complete")
    listener = Listener(desk)

    again = [page.send("complete"), page.send("card"), page.send("fail")]

    assert {answer.status_code for answer in again} == {200}
    assert listener.types() == []


def test_a_page_of_no_open_invoice_says_why(desk: Desk, asked: str) -> None:
    page = page_of(desk, asked)
    desk.stripe.v1.invoices.void_invoice(str(page.invoice.id))

    voided = page.see()
    unknown = desk.http.get(f"{desk.server.base_url}/i/in_nothing")
    other_kind = desk.http.get(f"{desk.server.base_url}/i/{asked}")

    assert (voided.status_code, "This invoice is void" in voided.text) == (200, True)
    assert (unknown.status_code, other_kind.status_code) == (404, 404)


def test_a_debit_on_its_way_is_waited_for(desk: Desk) -> None:
    session = desk.open("subscription")
    desk.pay(session, iban=cards.IBAN_SETTLES)
    subscription = str(desk.again(session).subscription)

    page = page_of(desk, subscription)

    assert "This payment is on its way" in page.see().text
    assert page.send("card").status_code == 200
    assert read(desk, subscription).latest_invoice.status == "open"


def test_paying_by_the_api_says_that_it_needs_its_giver(desk: Desk, asked: str) -> None:
    invoice = read(desk, asked).latest_invoice

    with pytest.raises(stripe.CardError) as refused:
        desk.stripe.v1.invoices.pay(invoice.id)

    assert (refused.value.http_status, refused.value.code) == (402, "invoice_payment_intent_requires_action")
    method = keep_card(desk, invoice.customer, "pm_card_visa")
    assert desk.stripe.v1.invoices.pay(invoice.id, {"payment_method": method}).status == "paid"


def test_a_first_payment_that_waits_is_completed_on_its_page(desk: Desk) -> None:
    _, customer = on_a_test_clock(desk)
    keep_card(desk, customer.id, "pm_card_threeDSecure2Required")
    subscription = subscription_for(desk, customer.id)

    page_of(desk, subscription.id).send("complete")

    assert (subscription.status, read(desk, subscription.id).status) == ("incomplete", "active")


def test_a_card_may_begin_to_ask(desk: Desk) -> None:
    subscription = str(desk.subscribe().subscription)
    desk.control("cards", subscription=subscription, behaviour="challenge")

    renewed = desk.control("renew", subscription=subscription)

    assert (renewed["status"], page_of(desk, subscription).buttons()) == ("past_due", ["Complete", "Fail"])


def test_the_page_allows_nothing_from_elsewhere(desk: Desk, asked: str) -> None:
    policy = page_of(desk, asked).see().headers["Content-Security-Policy"]

    assert policy.startswith("default-src 'none'; style-src 'self'")
    assert "form-action 'self';" in policy
