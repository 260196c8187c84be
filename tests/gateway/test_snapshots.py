"""Each of Stripe's objects as we read it, with the shapes that catch naive code."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from donations.gateway.errors import UnexpectedAnswer
from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import (
    BalanceSnapshot,
    ChargeSnapshot,
    CheckoutSessionSnapshot,
    DisputeSnapshot,
    InvoiceLink,
    InvoicePaymentSnapshot,
    InvoiceSnapshot,
    PaymentIntentSnapshot,
    RefundSnapshot,
    Snapshot,
    SubscriptionSnapshot,
)
from tests.gateway import answers
from tests.gateway.calls import answering
from tests.gateway.raw_server import RawServer, says

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

PATHS = {
    ObjectKind.CHECKOUT_SESSION: "/v1/checkout/sessions/x_1",
    ObjectKind.PAYMENT_INTENT: "/v1/payment_intents/x_1",
    ObjectKind.CHARGE: "/v1/charges/x_1",
    ObjectKind.SUBSCRIPTION: "/v1/subscriptions/x_1",
    ObjectKind.INVOICE: "/v1/invoices/x_1",
    ObjectKind.INVOICE_PAYMENT: "/v1/invoice_payments/x_1",
    ObjectKind.REFUND: "/v1/refunds/x_1",
    ObjectKind.DISPUTE: "/v1/disputes/x_1",
}


def fetched(
    kind: ObjectKind, answer: dict[str, Any], *, paid: dict[str, Any] | None = None
) -> tuple[Any, RawServer]:
    """What fetching gives when Stripe answers so, and `paid` for the list of invoice payments."""
    others = {"/v1/invoice_payments": says(paid or answers.listed())}
    with answering(**{PATHS[kind]: says(answer)}, **others) as (gateway, server):
        snapshot: Snapshot = gateway.fetch(kind, "x_1")
    return snapshot, server


def test_a_checkout_session() -> None:
    snapshot, _ = fetched(ObjectKind.CHECKOUT_SESSION, answers.session())

    assert snapshot == CheckoutSessionSnapshot(
        id="cs_test_1",
        status="open",
        payment_status="unpaid",
        mode="payment",
        reference="r-7Qk2",
        url="https://checkout.stripe.com/c/pay/cs_test_1",
        amount_total=1000,
        currency="eur",
        payment_intent_id=None,
        subscription_id=None,
        customer_id=None,
        is_livemode=False,
        created_at=AT,
        expires_at=AT + timedelta(hours=1),
    )


@pytest.mark.parametrize(
    ("client_reference_id", "metadata", "reference"),
    [
        ("r-a", {"reference": "r-b"}, "r-a"),
        (None, {"reference": "r-b"}, "r-b"),
        ("", {}, None),
        (None, None, None),
    ],
)
def test_a_sessions_reference_is_looked_for_in_both_places(
    client_reference_id: str | None, metadata: dict[str, str] | None, reference: str | None
) -> None:
    answer = answers.session(client_reference_id=client_reference_id, metadata=metadata)

    snapshot, _ = fetched(ObjectKind.CHECKOUT_SESSION, answer)

    assert snapshot.reference == reference


def test_related_objects_are_read_whether_expanded_or_not() -> None:
    answer = answers.session(
        customer={"id": "cus_1", "object": "customer", "deleted": True},
        subscription="sub_1",
        payment_intent="pi_1",
    )

    snapshot, _ = fetched(ObjectKind.CHECKOUT_SESSION, answer)

    assert (snapshot.customer_id, snapshot.subscription_id, snapshot.payment_intent_id) == (
        "cus_1",
        "sub_1",
        "pi_1",
    )


def test_a_payment_comes_with_its_charge_and_fee_in_one_call() -> None:
    snapshot, server = fetched(ObjectKind.PAYMENT_INTENT, answers.payment_intent())

    assert snapshot == PaymentIntentSnapshot(
        id="pi_1",
        status="succeeded",
        amount_received=1000,
        currency="eur",
        reference="r-7Qk2",
        customer_id=None,
        charge=ChargeSnapshot(
            id="ch_1",
            payment_intent_id="pi_1",
            amount=1000,
            currency="eur",
            status="succeeded",
            amount_refunded=0,
            balance=BalanceSnapshot(id="txn_1", currency="eur", amount=1000, fee=40, net=960),
            created_at=AT,
            is_livemode=False,
        ),
        invoice=None,
        created_at=AT,
        is_livemode=False,
    )
    assert [request.query["expand[0]"] for request in server.requests] == [
        ["latest_charge.balance_transaction"]
    ]


def test_a_payment_before_its_first_charge_has_none() -> None:
    answer = answers.payment_intent(status="requires_payment_method", amount_received=0, latest_charge=None)

    snapshot, _ = fetched(ObjectKind.PAYMENT_INTENT, answer)

    assert snapshot.charge is None


def test_a_charge_is_read_before_its_balance_transaction_is_there() -> None:
    snapshot, _ = fetched(ObjectKind.CHARGE, answers.charge(balance_transaction=None))

    assert snapshot.balance is None


def test_a_payment_without_our_reference_finds_its_invoice_and_so_its_checkout() -> None:
    paid = answers.listed(answers.invoice_payment(invoice=answers.invoice()))

    snapshot, server = fetched(ObjectKind.PAYMENT_INTENT, answers.payment_intent(metadata={}), paid=paid)

    assert snapshot.reference is None
    assert snapshot.invoice == InvoiceLink("in_1", "sub_1", "r-7Qk2")
    assert server.requests[1].query == {
        "payment[type]": ["payment_intent"],
        "payment[payment_intent]": ["x_1"],
        "expand[0]": ["data.invoice"],
    }


def test_a_payment_that_is_none_of_ours_has_neither_reference_nor_invoice() -> None:
    snapshot, _ = fetched(ObjectKind.PAYMENT_INTENT, answers.payment_intent(metadata={}))

    assert (snapshot.reference, snapshot.invoice) == (None, None)


def test_an_invoice_that_no_subscription_made_links_to_none() -> None:
    paid = answers.listed(answers.invoice_payment(invoice=answers.invoice(parent=None)))

    snapshot, _ = fetched(ObjectKind.PAYMENT_INTENT, answers.payment_intent(metadata={}), paid=paid)

    assert snapshot.invoice == InvoiceLink("in_1", None, None)


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


def test_a_refund() -> None:
    snapshot, _ = fetched(ObjectKind.REFUND, answers.refund())

    assert snapshot == RefundSnapshot(
        id="re_1",
        payment_intent_id="pi_1",
        charge_id="ch_1",
        amount=300,
        currency="eur",
        status="succeeded",
        reason="requested_by_customer",
        created_at=AT,
    )


def test_a_dispute() -> None:
    snapshot, _ = fetched(ObjectKind.DISPUTE, answers.dispute())

    assert snapshot == DisputeSnapshot(
        id="dp_1",
        payment_intent_id="pi_1",
        charge_id="ch_1",
        amount=1000,
        currency="eur",
        status="needs_response",
        reason="fraudulent",
        created_at=AT,
        is_livemode=False,
    )


@pytest.mark.parametrize("field", ["amount", "currency", "status", "created", "livemode", "amount_refunded"])
@pytest.mark.parametrize("value", [None, "", 10.5, [], {}])
def test_money_facts_that_are_missing_or_misshapen_are_never_made_up(field: str, value: Any) -> None:
    with pytest.raises(UnexpectedAnswer) as caught:
        fetched(ObjectKind.CHARGE, answers.charge(**{field: value}))

    assert caught.value.what == f"charge.{field}"


def test_a_boolean_is_no_amount() -> None:
    with pytest.raises(UnexpectedAnswer):
        fetched(ObjectKind.CHARGE, answers.charge(amount=True))


@pytest.mark.parametrize("created", [10**18, -(10**18)])
def test_a_time_beyond_the_calendar_is_no_time(created: int) -> None:
    with pytest.raises(UnexpectedAnswer):
        fetched(ObjectKind.CHARGE, answers.charge(created=created))


def test_a_live_object_is_handed_on_as_live() -> None:
    snapshot, _ = fetched(ObjectKind.CHARGE, answers.charge(livemode=True))

    assert snapshot.is_livemode
