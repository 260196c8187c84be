"""How a recurring gift goes on by itself: the events of each turn, in the order of STRIPE.md."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.sandbox import desk as cards
from tests.sandbox.desk import Desk
from tests.sandbox.lives_in_time import DAY, keep_card
from tests.sandbox.reading_events import Listener

BILLED = ["customer.subscription.updated", "invoice.created"]
CHARGED = [
    "invoice.finalized", "charge.succeeded", "payment_intent.succeeded", "payment_intent.created",
    "invoice.paid", "invoice.payment_succeeded", "invoice_payment.paid",
]  # fmt: skip
REFUSED = [
    "invoice.finalized", "payment_intent.created", "charge.failed", "payment_intent.payment_failed",
    "invoice.payment_failed", "customer.subscription.updated",
]  # fmt: skip
REFUSED_AGAIN = [
    "charge.failed",
    "payment_intent.payment_failed",
    "invoice.payment_failed",
    "invoice.updated",
]


def subscription_of(desk: Desk, session: stripe.checkout.Session, *expand: str) -> stripe.Subscription:
    return desk.stripe.v1.subscriptions.retrieve(str(session.subscription), {"expand": list(expand)})


def period_end(desk: Desk, session: stripe.checkout.Session) -> int:
    return subscription_of(desk, session)["items"].data[0].current_period_end


def test_a_renewal_is_announced_billed_and_an_hour_later_charged(desk: Desk) -> None:
    session = desk.subscribe()
    end = period_end(desk, session)
    listener = Listener(desk)

    desk.control("clock", to=end - 6 * DAY)
    announced = listener.types()
    desk.control("clock", to=end + 60)
    billed = listener.types()
    desk.control("clock", to=end + 3660)

    assert (announced, billed, listener.types()) == (["invoice.upcoming"], BILLED, CHARGED)
    subscription = subscription_of(desk, session, "latest_invoice")
    invoice = subscription.latest_invoice
    assert (invoice.status, invoice.attempt_count, invoice.created) == ("paid", 1, end)
    assert invoice.status_transitions.finalized_at == end + 3600
    assert subscription["items"].data[0].current_period_start == end


def test_an_upcoming_invoice_has_no_id_and_says_what_will_be_due(desk: Desk) -> None:
    session = desk.subscribe()
    end = period_end(desk, session)

    desk.control("clock", to=end - DAY)

    (event,) = desk.stripe.v1.events.list({"type": "invoice.upcoming"}).data
    upcoming = event.data.object
    assert "id" not in upcoming
    assert (upcoming["amount_due"], upcoming["next_payment_attempt"]) == (1000, end + 3600)


def test_a_renewal_that_fails_is_retried_and_then_canceled_with_its_invoice_open(desk: Desk) -> None:
    session = desk.subscribe(cards.FAILS_LATER)
    end = period_end(desk, session)
    desk.control("clock", to=end - DAY)
    listener = Listener(desk)

    told: list[list[str]] = []
    for days in (0, 3, 5, 7):
        desk.control("clock", to=end + 3660 + days * DAY)
        told.append(listener.types())

    assert told == [
        BILLED + REFUSED,
        REFUSED_AGAIN,
        REFUSED_AGAIN,
        [*REFUSED_AGAIN, "customer.subscription.deleted"],
    ]
    subscription = subscription_of(desk, session, "latest_invoice")
    assert (subscription.status, subscription.cancellation_details.reason) == ("canceled", "payment_failed")
    invoice = subscription.latest_invoice
    assert (invoice.status, invoice.attempt_count, invoice.next_payment_attempt) == ("open", 4, None)


def test_between_the_tries_it_is_past_due_and_says_when_the_next_one_is(desk: Desk) -> None:
    session = desk.subscribe(cards.FAILS_LATER)
    end = period_end(desk, session)

    desk.control("clock", to=end + 3660 + 3 * DAY)

    subscription = subscription_of(desk, session, "latest_invoice")
    assert subscription.status == "past_due"
    invoice = subscription.latest_invoice
    assert (invoice.attempt_count, invoice.next_payment_attempt) == (2, end + 3600 + 5 * DAY)


@pytest.mark.parametrize("afterwards", ["unpaid", "past_due"])
def test_the_account_may_keep_it_when_the_retries_are_used_up(desk: Desk, afterwards: str) -> None:
    desk.control("retries", days=[1, 2], afterwards=afterwards)
    session = desk.subscribe(cards.FAILS_LATER)

    desk.control("clock", to=period_end(desk, session) + 5 * DAY)

    subscription = subscription_of(desk, session, "latest_invoice")
    assert (subscription.status, subscription.latest_invoice.attempt_count) == (afterwards, 3)


def test_while_it_is_unpaid_new_invoices_stay_drafts(desk: Desk) -> None:
    desk.control("retries", days=[1], afterwards="unpaid")
    session = desk.subscribe(cards.FAILS_LATER)
    desk.control("clock", to=period_end(desk, session) + 3 * DAY)

    desk.control("clock", to=period_end(desk, session) + 3 * DAY)

    invoice = subscription_of(desk, session, "latest_invoice").latest_invoice
    assert (invoice.status, invoice.auto_advance, invoice.attempted) == ("draft", False, False)


def test_paying_with_another_card_recovers_it(desk: Desk) -> None:
    session = desk.subscribe(cards.FAILS_LATER)
    desk.control("clock", to=period_end(desk, session) + DAY)
    subscription = subscription_of(desk, session)
    method = keep_card(desk, str(session.customer), "pm_card_visa")
    listener = Listener(desk)

    desk.stripe.v1.invoices.pay(str(subscription.latest_invoice), {"payment_method": method})

    assert listener.types() == [
        "charge.succeeded", "payment_intent.succeeded", "invoice.payment_succeeded", "invoice.paid",
        "customer.subscription.updated", "invoice_payment.paid",
    ]  # fmt: skip
    assert subscription_of(desk, session).status == "active"


def test_a_card_that_works_again_is_charged_by_the_next_retry(desk: Desk) -> None:
    session = desk.subscribe()
    desk.control("cards", subscription=session.subscription, behaviour="insufficient_funds")
    end = period_end(desk, session)
    desk.control("clock", to=end + DAY)
    behind = subscription_of(desk, session).status
    desk.control("cards", subscription=session.subscription, behaviour="pays")

    desk.control("clock", to=end + 4 * DAY)

    subscription = subscription_of(desk, session, "latest_invoice")
    assert (behind, subscription.status) == ("past_due", "active")
    assert (subscription.latest_invoice.status, subscription.latest_invoice.attempt_count) == ("paid", 2)


def test_a_refused_payment_by_hand_is_a_402_that_leaves_its_traces(desk: Desk) -> None:
    session = desk.subscribe(cards.FAILS_LATER)
    desk.control("clock", to=period_end(desk, session) + DAY)
    before = subscription_of(desk, session, "latest_invoice").latest_invoice
    listener = Listener(desk)

    with pytest.raises(stripe.CardError) as refused:
        desk.stripe.v1.invoices.pay(before.id)

    assert (refused.value.http_status, refused.value.code) == (402, "card_declined")
    assert listener.types()[:3] == [
        "charge.failed",
        "payment_intent.payment_failed",
        "invoice.payment_failed",
    ]
    after = desk.stripe.v1.invoices.retrieve(before.id)
    assert (after.attempt_count, after.next_payment_attempt) == (1, before.next_payment_attempt)


def test_a_paid_invoice_is_not_paid_twice(desk: Desk) -> None:
    session = desk.subscribe()

    with pytest.raises(stripe.InvalidRequestError, match="already paid"):
        desk.stripe.v1.invoices.pay(str(session.invoice))


@pytest.mark.parametrize(
    ("behavior", "status", "events"),
    [
        ("void", "void", ["invoice.finalized", "invoice.voided"]),
        ("mark_uncollectible", "uncollectible", ["invoice.finalized", "invoice.marked_uncollectible"]),
        ("keep_as_draft", "draft", []),
    ],
)
def test_a_paused_collection_bills_and_asks_for_nothing(
    desk: Desk, behavior: Any, status: str, events: list[str]
) -> None:
    session = desk.subscribe()
    pause: Any = {"pause_collection": {"behavior": behavior}}
    desk.stripe.v1.subscriptions.update(str(session.subscription), pause)
    listener = Listener(desk)

    desk.control("clock", to=period_end(desk, session) + DAY)

    subscription = subscription_of(desk, session, "latest_invoice")
    assert (subscription.status, subscription.latest_invoice.status) == ("active", status)
    assert listener.types() == BILLED + events


def test_a_pause_ends_on_its_date_and_the_next_renewal_is_charged(desk: Desk) -> None:
    session = desk.subscribe()
    end = period_end(desk, session)
    pause: Any = {"pause_collection": {"behavior": "void", "resumes_at": end + DAY}}
    desk.stripe.v1.subscriptions.update(str(session.subscription), pause)
    desk.control("clock", to=end + DAY)
    resumed = subscription_of(desk, session).pause_collection

    desk.control("clock", to=period_end(desk, session) + DAY)

    assert resumed is None
    assert subscription_of(desk, session, "latest_invoice").latest_invoice.status == "paid"


def test_it_ends_with_its_period_or_on_its_date_and_is_not_charged_again(desk: Desk) -> None:
    update = desk.stripe.v1.subscriptions.update
    at_period_end, on_a_date = desk.subscribe(), desk.subscribe()
    end = period_end(desk, at_period_end)
    update(str(at_period_end.subscription), {"cancel_at_period_end": True})
    update(str(on_a_date.subscription), {"cancel_at": end - 10 * DAY})
    listener = Listener(desk)

    desk.control("clock", to=end + DAY)

    assert listener.types() == ["customer.subscription.deleted"] * 2
    ended = [subscription_of(desk, session) for session in (at_period_end, on_a_date)]
    assert [found.status for found in ended] == ["canceled", "canceled"]
    assert [found.ended_at for found in ended] == [end, end - 10 * DAY]


def test_canceling_now_gives_up_what_is_still_owed(desk: Desk) -> None:
    session = desk.subscribe(cards.FAILS_LATER)
    desk.control("clock", to=period_end(desk, session) + DAY)

    desk.stripe.v1.subscriptions.cancel(str(session.subscription))
    listener = Listener(desk)
    desk.control("clock", days=30)

    assert listener.types() == []
    invoice = subscription_of(desk, session, "latest_invoice").latest_invoice
    assert (invoice.status, invoice.auto_advance) == ("open", False)


def test_a_debit_renews_days_after_it_was_asked_for(desk: Desk) -> None:
    session = desk.open("subscription")
    desk.pay(session, iban=cards.IBAN_SETTLES)
    session = desk.again(session)
    desk.control("clock", days=10)
    end = period_end(desk, session)

    desk.control("clock", to=end + DAY)
    asked = subscription_of(desk, session, "latest_invoice").latest_invoice.status
    desk.control("clock", days=10)

    subscription = subscription_of(desk, session, "latest_invoice")
    assert (asked, subscription.latest_invoice.status, subscription.status) == ("open", "paid", "active")
