"""The events of each case, in the order that Stripe's test mode emits them."""

from __future__ import annotations

import pytest

from tests.sandbox import desk as cards
from tests.sandbox.desk import Desk

ONE_TIME = [
    "charge.succeeded", "payment_intent.succeeded", "payment_intent.created", "checkout.session.completed",
    "charge.updated",
]  # fmt: skip
SUBSCRIPTION = [
    "charge.succeeded", "payment_method.attached", "customer.created", "checkout.session.completed",
    "customer.updated", "customer.subscription.created", "payment_intent.succeeded", "payment_intent.created",
    "invoice.created", "invoice.finalized", "invoice.paid", "invoice.payment_succeeded",
    "invoice_payment.paid",
]  # fmt: skip
DECLINED = ["payment_intent.created", "charge.failed", "payment_intent.payment_failed"]
CHALLENGED = ["payment_intent.requires_action", "payment_intent.created"]


def without_creation(types: list[str]) -> list[str]:
    return [type for type in types if type != "payment_intent.created"]


def test_one_time(desk: Desk) -> None:
    desk.give()

    assert desk.event_types() == ONE_TIME


def test_subscription(desk: Desk) -> None:
    desk.subscribe()

    assert desk.event_types() == SUBSCRIPTION


@pytest.mark.parametrize(("mode", "after"), [("payment", ONE_TIME), ("subscription", SUBSCRIPTION)])
def test_declined_and_then_paid(desk: Desk, mode: str, after: list[str]) -> None:
    session = desk.open(mode)

    desk.pay(session, cards.DECLINED)
    desk.pay(session)

    assert desk.event_types() == DECLINED + without_creation(after)


@pytest.mark.parametrize(("mode", "after"), [("payment", ONE_TIME), ("subscription", SUBSCRIPTION)])
def test_three_d_secure_completed(desk: Desk, mode: str, after: list[str]) -> None:
    session = desk.open(mode)

    assert desk.pay(session, cards.CHALLENGE).headers["Location"].endswith(f"/c/challenge/{session.id}")
    desk.answer_challenge(session, "complete")

    assert desk.event_types() == CHALLENGED + without_creation(after)


def test_three_d_secure_failed(desk: Desk) -> None:
    session = desk.open()

    desk.pay(session, cards.CHALLENGE)
    answer = desk.answer_challenge(session, "fail")

    assert answer.status_code == 402
    assert "unable to authenticate" in answer.text
    assert desk.event_types() == [*CHALLENGED, "payment_intent.payment_failed"]
    assert desk.again(session).status == "open"


def test_disputed_card(desk: Desk) -> None:
    desk.give(cards.DISPUTED)

    assert desk.event_types() == [*ONE_TIME, "charge.dispute.created", "charge.dispute.funds_withdrawn"]


def test_renewal(desk: Desk) -> None:
    session = desk.subscribe()

    desk.control("renew", subscription=session.subscription)

    assert desk.event_types(after=len(SUBSCRIPTION)) == [
        "customer.subscription.updated", "invoice.created", "invoice.finalized", "charge.succeeded",
        "payment_intent.succeeded", "payment_intent.created", "invoice.paid", "invoice.payment_succeeded",
        "invoice_payment.paid",
    ]  # fmt: skip


def test_renewal_that_fails(desk: Desk) -> None:
    session = desk.subscribe(cards.FAILS_LATER)

    desk.control("renew", subscription=session.subscription)

    assert desk.event_types(after=len(SUBSCRIPTION)) == [
        "invoice.created", "invoice.finalized", "payment_intent.created", "charge.failed",
        "payment_intent.payment_failed", "invoice.payment_failed", "customer.subscription.updated",
    ]  # fmt: skip
    assert desk.stripe.v1.subscriptions.retrieve(str(session.subscription)).status == "past_due"


def test_refund(desk: Desk) -> None:
    session = desk.give()

    desk.stripe.v1.refunds.create({"payment_intent": str(session.payment_intent)})

    assert desk.event_types(after=len(ONE_TIME)) == [
        "refund.created", "charge.refunded", "refund.updated", "charge.refund.updated",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("iban", "later"),
    [
        (cards.IBAN_SETTLES,
         ["charge.succeeded", "payment_intent.succeeded", "checkout.session.async_payment_succeeded"]),
        (cards.IBAN_FAILS,
         ["charge.failed", "payment_intent.payment_failed", "checkout.session.async_payment_failed"]),
    ],
)  # fmt: skip
def test_debit(desk: Desk, iban: str, later: list[str]) -> None:
    session = desk.open()
    desk.pay(session, iban=iban)
    waiting = desk.again(session)
    first = desk.event_types()

    desk.control("debits", payment_intent=waiting.payment_intent)

    assert (waiting.status, waiting.payment_status) == ("complete", "unpaid")
    assert first == [
        "payment_intent.created", "payment_intent.processing", "charge.pending", "checkout.session.completed",
    ]  # fmt: skip
    assert desk.event_types(after=4) == later
    expected = "paid" if iban == cards.IBAN_SETTLES else "unpaid"
    assert desk.again(session).payment_status == expected


def test_an_event_shows_its_object_as_it_was_then(desk: Desk) -> None:
    session = desk.give()
    events = {event.type: event for event in desk.stripe.v1.events.list().data}

    created = events["payment_intent.created"].data.object
    charged = events["charge.succeeded"].data.object
    updated = events["charge.updated"]

    assert created["status"] == "requires_payment_method"
    assert charged["balance_transaction"] is None
    assert updated.data.previous_attributes.to_dict() == {"balance_transaction": None}
    assert updated.data.object["balance_transaction"].startswith("txn_")
    assert events["checkout.session.completed"].data.object["id"] == session.id
    assert {event.api_version for event in events.values()} == {"2026-10-28.endive"}


def test_events_say_which_request_caused_them(desk: Desk) -> None:
    session = desk.open()
    desk.stripe.v1.checkout.sessions.expire(session.id, None, {"idempotency_key": "expire-1"})
    desk.give()

    events = {event.type: event for event in desk.stripe.v1.events.list().data}

    expired = events["checkout.session.expired"].request
    assert expired.idempotency_key == "expire-1"
    assert expired.id.startswith("req_")
    assert events["charge.succeeded"].request.id is None
