"""Single payments as we read them: session, intent, charge, refund, dispute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import (
    BalanceSnapshot,
    ChargeSnapshot,
    CheckoutSessionSnapshot,
    DisputeSnapshot,
    InvoiceLink,
    PaymentIntentSnapshot,
    RefundSnapshot,
)
from tests.gateway import answers
from tests.gateway.fetching import fetched

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


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
    assert snapshot.invoice == InvoiceLink("in_1", "sub_1", "r-7Qk2", timedelta(days=30))
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

    assert snapshot.invoice == InvoiceLink("in_1", None, None, timedelta(days=30))


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
