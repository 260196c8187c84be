"""Refunds that take their time, and those that the bank sends back."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.sandbox import desk as cards
from tests.sandbox.desk import Desk

DAY = 86400


def charge_of(desk: Desk, session: stripe.checkout.Session) -> Any:
    intent = desk.stripe.v1.payment_intents.retrieve(
        str(session.payment_intent), {"expand": ["latest_charge"]}
    )
    return intent.latest_charge


def test_a_refund_that_fails_later_puts_the_money_back(desk: Desk) -> None:
    session = desk.give(cards.REFUND_FAILS, amount=1000)
    refund = desk.stripe.v1.refunds.create({"payment_intent": str(session.payment_intent)})
    assert (refund.status, charge_of(desk, session).refunded) == ("succeeded", True)
    happened = len(desk.event_types())

    desk.control("clock", seconds=DAY)

    failed = desk.stripe.v1.refunds.retrieve(
        refund.id, {"expand": ["balance_transaction", "failure_balance_transaction"]}
    )
    charge = charge_of(desk, session)
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    assert (failed.balance_transaction.net, failed.failure_balance_transaction.net) == (-1000, 1000)
    assert (charge.amount_refunded, charge.refunded) == (0, False)
    assert desk.event_types(happened) == [
        "refund.failed", "refund.updated", "charge.refund.updated", "charge.updated",
    ]  # fmt: skip


def test_after_a_refund_failed_the_gift_can_be_given_back_again(desk: Desk) -> None:
    session = desk.give(amount=1000)
    refunds = desk.stripe.v1.refunds
    first = refunds.create({"payment_intent": str(session.payment_intent), "amount": 700})
    desk.control("refunds", refund=first.id, outcome="fail")

    again = refunds.create({"payment_intent": str(session.payment_intent)})

    assert again.amount == 1000
    assert charge_of(desk, session).refunded is True
    transactions = desk.stripe.v1.balance_transactions.list().data
    assert sum(each.amount for each in transactions) == 0


def test_a_failed_refund_does_not_fail_twice(desk: Desk) -> None:
    session = desk.give(cards.REFUND_FAILS)
    refund = desk.stripe.v1.refunds.create({"payment_intent": str(session.payment_intent)})
    desk.control("refunds", refund=refund.id, outcome="fail")
    happened = desk.event_types()

    again = desk.http.post(
        f"{desk.server.base_url}/_sandbox/refunds", json={"refund": refund.id, "outcome": "fail"}
    )
    desk.control("clock", seconds=2 * DAY)

    assert again.status_code == 400
    assert desk.event_types() == happened


def test_the_refund_of_a_debit_is_pending_for_days(desk: Desk) -> None:
    session = desk.open()
    desk.pay(session, iban=cards.IBAN_SETTLES)
    intent = str(desk.again(session).payment_intent)
    desk.control("debits", payment_intent=intent)

    refund = desk.stripe.v1.refunds.create({"payment_intent": intent, "amount": 300})
    assert (refund.status, refund.pending_reason) == ("pending", "processing")
    assert desk.event_types()[-2:] == ["refund.created", "charge.refunded"]
    desk.control("clock", seconds=3 * DAY)

    after = desk.stripe.v1.refunds.retrieve(refund.id)
    assert after.status == "succeeded"
    assert "pending_reason" not in after
    assert desk.event_types()[-2:] == ["refund.updated", "charge.refund.updated"]


@pytest.mark.parametrize(
    ("iban", "status", "event"),
    [
        (cards.IBAN_SETTLES, "succeeded", "checkout.session.async_payment_succeeded"),
        (cards.IBAN_FAILS, "requires_payment_method", "checkout.session.async_payment_failed"),
    ],
)
def test_a_debit_ends_by_itself_after_days(desk: Desk, iban: str, status: str, event: str) -> None:
    session = desk.open()
    desk.pay(session, iban=iban)
    intent = str(desk.again(session).payment_intent)
    desk.control("clock", seconds=5 * DAY - 60)
    assert desk.stripe.v1.payment_intents.retrieve(intent).status == "processing"

    desk.control("clock", seconds=60)

    assert desk.stripe.v1.payment_intents.retrieve(intent).status == status
    assert event in desk.event_types()
