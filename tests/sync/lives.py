"""Short lives of gifts, as Stripe tells them: what is true after each step, and which event says so.

Stripe's objects are always fetched as they are at that moment, so a life is a list of moments.
An event may come in any order, late, twice or never; but not before what it tells of happened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from donations.domain.gifts import Frequency
from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import (
    BalanceSnapshot,
    ChargeSnapshot,
    CheckoutSessionSnapshot,
    CustomerSnapshot,
    DisputeSnapshot,
    InvoiceLink,
    InvoicePaymentSnapshot,
    InvoiceSnapshot,
    PaymentIntentSnapshot,
    RefundSnapshot,
    Snapshot,
    SubscriptionSnapshot,
)
from donations.models import Checkout
from tests.factories import NOON

Truth = Mapping[tuple[ObjectKind, str], Snapshot]


@dataclass(frozen=True)
class Happening:
    """An event and the moment that it tells of: an index into the life's moments."""

    type: str
    kind: ObjectKind
    stripe_id: str
    moment: int


@dataclass(frozen=True)
class Life:
    checkout: Checkout
    moments: tuple[Truth, ...]
    happenings: tuple[Happening, ...]

    def truth_once(self, happened: int) -> Truth:
        return self.moments[happened]


def ids(checkout: Checkout) -> dict[str, str]:
    """Stripe's ids of one life, told from those of others by the checkout's number."""
    return {
        name: f"{prefix}_{checkout.id}"
        for name, prefix in {
            "payment_intent": "pi",
            "charge": "ch",
            "balance": "txn",
            "subscription": "sub",
            "customer": "cus",
            "invoice": "in",
            "invoice_payment": "inpay",
            "refund": "re",
            "dispute": "du",
        }.items()
    }


def session(checkout: Checkout, **changes: object) -> CheckoutSessionSnapshot:
    """Complete and paid, unless `changes` say otherwise."""
    named = ids(checkout)
    is_recurring = checkout.frequency.is_recurring
    whole = CheckoutSessionSnapshot(
        id=checkout.stripe_session_id or "",
        status="complete",
        payment_status="paid",
        mode="subscription" if is_recurring else "payment",
        reference=checkout.reference,
        url=None,
        amount_total=checkout.charge_amount,
        currency=checkout.currency,
        payment_intent_id=None if is_recurring else named["payment_intent"],
        subscription_id=named["subscription"] if is_recurring else None,
        customer_id=named["customer"] if is_recurring else None,
        is_livemode=False,
        created_at=NOON,
        expires_at=NOON + timedelta(minutes=60),
    )
    return replace(whole, **changes)


def charge(checkout: Checkout, *, is_settled: bool = False, **changes: object) -> ChargeSnapshot:
    named = ids(checkout)
    fee = 60
    balance = BalanceSnapshot(
        named["balance"], "eur", checkout.charge_amount, fee, checkout.charge_amount - fee
    )
    whole = ChargeSnapshot(
        id=named["charge"],
        payment_intent_id=named["payment_intent"],
        amount=checkout.charge_amount,
        currency=checkout.currency,
        status="succeeded",
        amount_refunded=0,
        balance=balance if is_settled else None,
        created_at=NOON + timedelta(minutes=5),
        is_livemode=False,
    )
    return replace(whole, **changes)


def payment_intent(
    checkout: Checkout, *, is_settled: bool = False, **changes: object
) -> PaymentIntentSnapshot:
    named = ids(checkout)
    is_recurring = checkout.frequency.is_recurring
    covers = timedelta(days=365 if checkout.frequency is Frequency.ANNUAL else 30)
    link = InvoiceLink(named["invoice"], named["subscription"], checkout.reference, covers)
    whole = PaymentIntentSnapshot(
        id=named["payment_intent"],
        status="succeeded",
        amount_received=checkout.charge_amount,
        currency=checkout.currency,
        reference=None if is_recurring else checkout.reference,
        customer_id=named["customer"] if is_recurring else None,
        charge=charge(checkout, is_settled=is_settled),
        invoice=link if is_recurring else None,
        created_at=NOON + timedelta(minutes=5),
        is_livemode=False,
    )
    return replace(whole, **changes)


def subscription(checkout: Checkout, **changes: object) -> SubscriptionSnapshot:
    named = ids(checkout)
    whole = SubscriptionSnapshot(
        id=named["subscription"],
        customer_id=named["customer"],
        status="active",
        reference=checkout.reference,
        currency=checkout.currency,
        unit_amount=checkout.charge_amount,
        quantity=1,
        interval="year" if checkout.frequency is Frequency.ANNUAL else "month",
        interval_count=1,
        started_at=NOON + timedelta(minutes=5),
        current_period_ends_at=NOON + timedelta(days=30),
        cancel_at=None,
        cancels_at_period_end=False,
        canceled_at=None,
        ended_at=None,
        cancellation_reason=None,
        is_collection_paused=False,
        resumes_at=None,
        latest_invoice_id=named["invoice"],
        item_id="si_1",
        product_id="prod_1",
        payment_method_id="pm_1",
        card_expires_on=None,
        is_livemode=False,
    )
    return replace(whole, **changes)


def canceled(checkout: Checkout, at: datetime = NOON + timedelta(days=3)) -> SubscriptionSnapshot:
    return subscription(
        checkout, status="canceled", canceled_at=at, ended_at=at, cancellation_reason="cancellation_requested"
    )


def invoice(checkout: Checkout, **changes: object) -> InvoiceSnapshot:
    named = ids(checkout)
    whole = InvoiceSnapshot(
        id=named["invoice"],
        status="paid",
        subscription_id=named["subscription"],
        reference=checkout.reference,
        is_first=True,
        amount_paid=checkout.charge_amount,
        currency=checkout.currency,
        attempts=1,
        next_attempt_at=None,
        needs_confirmation=False,
        payment_intent_ids=(named["payment_intent"],),
        is_livemode=False,
    )
    return replace(whole, **changes)


def invoice_payment(checkout: Checkout) -> InvoicePaymentSnapshot:
    named = ids(checkout)
    return InvoicePaymentSnapshot(
        named["invoice_payment"], named["invoice"], named["payment_intent"], "paid", is_livemode=False
    )


def refund(checkout: Checkout, *, number: int = 1, **changes: object) -> RefundSnapshot:
    """€10 of it, unless `changes` say otherwise."""
    named = ids(checkout)
    whole = RefundSnapshot(
        id=f"{named['refund']}_{number}",
        payment_intent_id=named["payment_intent"],
        charge_id=named["charge"],
        amount=1000,
        currency=checkout.currency,
        status="succeeded",
        reason="requested_by_customer",
        created_at=NOON + timedelta(days=1),
    )
    return replace(whole, **changes)


def dispute(checkout: Checkout, **changes: object) -> DisputeSnapshot:
    named = ids(checkout)
    whole = DisputeSnapshot(
        id=named["dispute"],
        payment_intent_id=named["payment_intent"],
        charge_id=named["charge"],
        amount=checkout.charge_amount,
        currency=checkout.currency,
        status="needs_response",
        reason="fraudulent",
        created_at=NOON + timedelta(days=2),
        is_livemode=False,
    )
    return replace(whole, **changes)


def customer(checkout: Checkout, **changes: object) -> CustomerSnapshot:
    whole = CustomerSnapshot(ids(checkout)["customer"], False, "pm_1", is_livemode=False)
    return replace(whole, **changes)


def truth(*snapshots: Snapshot) -> Truth:
    return {(_KIND_OF[type(snapshot)], snapshot.id): snapshot for snapshot in snapshots}


def given_once(checkout: Checkout) -> Life:
    """Paid, then its fee is known, then a part is given back."""
    named = ids(checkout)
    paid = truth(session(checkout), payment_intent(checkout), charge(checkout))
    settled = truth(
        session(checkout), payment_intent(checkout, is_settled=True), charge(checkout, is_settled=True)
    )
    refunded = {**settled, **truth(refund(checkout))}
    return Life(
        checkout,
        (paid, settled, refunded),
        (
            Happening("charge.succeeded", ObjectKind.CHARGE, named["charge"], 0),
            Happening("payment_intent.succeeded", ObjectKind.PAYMENT_INTENT, named["payment_intent"], 0),
            Happening("checkout.session.completed", ObjectKind.CHECKOUT_SESSION, session(checkout).id, 0),
            Happening("charge.updated", ObjectKind.CHARGE, named["charge"], 1),
            Happening("refund.created", ObjectKind.REFUND, f"{named['refund']}_1", 2),
        ),
    )


def given_monthly(checkout: Checkout) -> Life:
    """The first payment of a recurring gift; a few days later its giver cancels in the portal."""
    named = ids(checkout)
    begun = truth(
        session(checkout),
        subscription(checkout),
        invoice(checkout),
        payment_intent(checkout, is_settled=True),
        charge(checkout, is_settled=True),
    )
    ends_on = subscription(checkout).current_period_ends_at
    ending = {**begun, **truth(subscription(checkout, cancel_at=ends_on))}
    sub = named["subscription"]
    return Life(
        checkout,
        (begun, ending),
        (
            Happening("checkout.session.completed", ObjectKind.CHECKOUT_SESSION, session(checkout).id, 0),
            Happening("customer.subscription.created", ObjectKind.SUBSCRIPTION, sub, 0),
            Happening("payment_intent.succeeded", ObjectKind.PAYMENT_INTENT, named["payment_intent"], 0),
            Happening("invoice.paid", ObjectKind.INVOICE, named["invoice"], 0),
            Happening("customer.subscription.updated", ObjectKind.SUBSCRIPTION, sub, 1),
        ),
    )


_KIND_OF: Mapping[type[Snapshot], ObjectKind] = {
    CheckoutSessionSnapshot: ObjectKind.CHECKOUT_SESSION,
    PaymentIntentSnapshot: ObjectKind.PAYMENT_INTENT,
    ChargeSnapshot: ObjectKind.CHARGE,
    SubscriptionSnapshot: ObjectKind.SUBSCRIPTION,
    InvoiceSnapshot: ObjectKind.INVOICE,
    InvoicePaymentSnapshot: ObjectKind.INVOICE_PAYMENT,
    RefundSnapshot: ObjectKind.REFUND,
    DisputeSnapshot: ObjectKind.DISPUTE,
    CustomerSnapshot: ObjectKind.CUSTOMER,
}
