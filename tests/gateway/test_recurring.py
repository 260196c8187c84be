"""Recurring gifts as we read them, with the shapes that catch naive code."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from donations.gateway.errors import UnexpectedAnswer
from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import (
    CustomerSnapshot,
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
        item_id="si_1",
        product_id="prod_1",
        payment_method_id="pm_1",
        card_expires_on=date(2028, 2, 29),
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


def paying(stripe_id: str, status: str) -> dict[str, Any]:
    intent = {"id": stripe_id, "object": "payment_intent", "status": status}
    return {"type": "payment_intent", "payment_intent": intent}


def test_what_is_charged_next_is_its_own_card_before_its_customers() -> None:
    theirs = {"default_payment_method": answers.payment_method(id="pm_2")}
    customer = answers.customer(invoice_settings=theirs)

    own, _ = fetched(ObjectKind.SUBSCRIPTION, answers.subscription(customer=customer))
    none, _ = fetched(
        ObjectKind.SUBSCRIPTION, answers.subscription(customer=customer, default_payment_method=None)
    )

    assert (own.payment_method_id, none.payment_method_id) == ("pm_1", "pm_2")


def test_a_bank_account_has_no_day_on_which_it_expires() -> None:
    account = answers.payment_method(type="sepa_debit", card=None)

    snapshot, _ = fetched(ObjectKind.SUBSCRIPTION, answers.subscription(default_payment_method=account))

    assert (snapshot.payment_method_id, snapshot.card_expires_on) == ("pm_1", None)


def test_a_customer_that_was_deleted_is_known_by_its_id_alone() -> None:
    answer = {"id": "cus_1", "object": "customer", "deleted": True}

    snapshot, _ = fetched(ObjectKind.CUSTOMER, answer)

    assert snapshot == CustomerSnapshot("cus_1", True, None, is_livemode=False)


def test_an_invoice_says_how_long_a_time_it_pays_for() -> None:
    part = {"period": {"start": answers.CREATED, "end": answers.CREATED + 86_400}}
    year = {"period": {"start": answers.CREATED, "end": answers.CREATED + 365 * 86_400}}
    paid = answers.listed(answers.invoice_payment(invoice=answers.invoice(lines=answers.listed(part, year))))

    snapshot, _ = fetched(ObjectKind.PAYMENT_INTENT, answers.payment_intent(metadata={}), paid=paid)

    assert snapshot.invoice.covers == timedelta(days=365)


def test_an_invoice_lists_every_payment_towards_it() -> None:
    paid = answers.listed(
        answers.invoice_payment(payment=paying("pi_1", "succeeded")),
        answers.invoice_payment(id="inpay_2", payment=paying("pi_2", "requires_action")),
        answers.invoice_payment(id="inpay_3", payment={"type": "payment_record", "payment_record": "prec_1"}),
    )

    snapshot, server = fetched(ObjectKind.INVOICE, answers.invoice(), paid=paid)

    assert snapshot == InvoiceSnapshot(
        id="in_1",
        status="paid",
        subscription_id="sub_1",
        reference="r-7Qk2",
        is_first=False,
        amount_paid=1000,
        currency="eur",
        attempts=1,
        next_attempt_at=None,
        needs_confirmation=True,
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
