"""Recurring gifts as we read them, with the shapes that catch naive code."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from donations.gateway.errors import UnexpectedAnswer
from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import (
    InvoicePaymentSnapshot,
    InvoiceSnapshot,
    SubscriptionSnapshot,
)
from tests.gateway import answers
from tests.gateway.fetching import fetched

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_a_subscription() -> None:
    snapshot, _ = fetched(ObjectKind.SUBSCRIPTION, answers.subscription())

    assert snapshot == SubscriptionSnapshot(
        id="sub_1",
        customer_id="cus_1",
        status="active",
        reference="r-7Qk2",
        currency="eur",
        unit_amount=1000,
        quantity=1,
        interval="month",
        interval_count=1,
        started_at=AT,
        current_period_ends_at=AT + timedelta(days=30),
        cancel_at=None,
        cancels_at_period_end=False,
        canceled_at=None,
        ended_at=None,
        cancellation_reason=None,
        is_collection_paused=False,
        resumes_at=None,
        latest_invoice_id="in_1",
        is_livemode=False,
    )


def test_a_cancellation_in_the_portal_sets_the_day_and_not_the_flag() -> None:
    answer = answers.subscription(
        cancel_at=answers.CREATED + 86_400,
        canceled_at=answers.CREATED,
        cancellation_details={"reason": "cancellation_requested"},
    )

    snapshot, _ = fetched(ObjectKind.SUBSCRIPTION, answer)

    assert (snapshot.cancel_at, snapshot.cancels_at_period_end) == (AT + timedelta(days=1), False)
    assert snapshot.canceled_at == AT
    assert snapshot.cancellation_reason == "cancellation_requested"


@pytest.mark.parametrize(
    ("resumes_at", "expected"), [(answers.CREATED + 86_400, AT + timedelta(days=1)), (None, None)]
)
def test_paused_collection_is_seen_though_the_status_stays_active(
    resumes_at: int | None, expected: datetime | None
) -> None:
    pause = {"behavior": "void", "resumes_at": resumes_at}

    snapshot, _ = fetched(ObjectKind.SUBSCRIPTION, answers.subscription(pause_collection=pause))

    assert snapshot.status == "active"
    assert (snapshot.is_collection_paused, snapshot.resumes_at) == (True, expected)


def test_an_ended_subscription_says_when_and_why() -> None:
    answer = answers.subscription(
        status="canceled", ended_at=answers.CREATED, cancellation_details={"reason": "payment_failed"}
    )

    snapshot, _ = fetched(ObjectKind.SUBSCRIPTION, answer)

    assert (snapshot.ended_at, snapshot.cancellation_reason) == (AT, "payment_failed")


@pytest.mark.parametrize(
    "items",
    [
        [],
        [answers.subscription_item(), answers.subscription_item(id="si_2")],
        [answers.subscription_item(price={"unit_amount": None, "recurring": {"interval": "month"}})],
        [answers.subscription_item(price={"unit_amount": 1000, "recurring": None})],
    ],
)
def test_a_subscription_that_is_not_one_fixed_price_is_not_guessed_at(items: list[dict[str, Any]]) -> None:
    with pytest.raises(UnexpectedAnswer):
        fetched(ObjectKind.SUBSCRIPTION, answers.subscription(items=answers.listed(*items)))


def test_an_invoice_lists_every_payment_towards_it() -> None:
    paid = answers.listed(
        answers.invoice_payment(),
        answers.invoice_payment(
            id="inpay_2",
            payment={"type": "payment_intent", "payment_intent": {"id": "pi_2", "object": "payment_intent"}},
        ),
        answers.invoice_payment(id="inpay_3", payment={"type": "payment_record", "payment_record": "prec_1"}),
    )

    snapshot, server = fetched(ObjectKind.INVOICE, answers.invoice(), paid=paid)

    assert snapshot == InvoiceSnapshot(
        id="in_1",
        status="paid",
        subscription_id="sub_1",
        reference="r-7Qk2",
        amount_paid=1000,
        currency="eur",
        payment_intent_ids=("pi_1", "pi_2"),
        is_livemode=False,
    )
    assert server.requests[1].query["invoice"] == ["x_1"]


def test_an_invoice_that_nobody_has_paid_lists_no_payment() -> None:
    snapshot, _ = fetched(ObjectKind.INVOICE, answers.invoice(status="open", amount_paid=0))

    assert snapshot.payment_intent_ids == ()


def test_an_invoice_payment() -> None:
    snapshot, _ = fetched(ObjectKind.INVOICE_PAYMENT, answers.invoice_payment())

    assert snapshot == InvoicePaymentSnapshot("inpay_1", "in_1", "pi_1", "paid", is_livemode=False)
