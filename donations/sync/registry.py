"""Which module applies which kind of object."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from donations.domain.errors import Mismatch
from donations.gateway.snapshots import (
    ChargeSnapshot,
    CheckoutSessionSnapshot,
    CustomerSnapshot,
    DisputeSnapshot,
    InvoicePaymentSnapshot,
    InvoiceSnapshot,
    PaymentIntentSnapshot,
    PaymentMethodSnapshot,
    RefundSnapshot,
    Snapshot,
    SubscriptionSnapshot,
)
from donations.sync import (
    charge,
    checkout_session,
    customer,
    dispute,
    invoice,
    invoice_payment,
    payment_intent,
    payment_method,
    refund,
    subscription,
)
from donations.sync.outcome import Applied, Relative, SyncContext


@dataclass(frozen=True, slots=True)
class _Kind:
    """The two verbs of one module. `Any` is its own snapshot, which the key of the table ensures."""

    relatives: Callable[[Session, Any], list[Relative]]
    apply: Callable[[Session, SyncContext, Any], Applied]


_KINDS: Final[Mapping[type[Snapshot], _Kind]] = {
    CheckoutSessionSnapshot: _Kind(checkout_session.relatives, checkout_session.apply),
    PaymentIntentSnapshot: _Kind(payment_intent.relatives, payment_intent.apply),
    ChargeSnapshot: _Kind(charge.relatives, charge.apply),
    SubscriptionSnapshot: _Kind(subscription.relatives, subscription.apply),
    InvoiceSnapshot: _Kind(invoice.relatives, invoice.apply),
    InvoicePaymentSnapshot: _Kind(invoice_payment.relatives, invoice_payment.apply),
    RefundSnapshot: _Kind(refund.relatives, refund.apply),
    DisputeSnapshot: _Kind(dispute.relatives, dispute.apply),
    CustomerSnapshot: _Kind(customer.relatives, customer.apply),
    PaymentMethodSnapshot: _Kind(payment_method.relatives, payment_method.apply),
}


def relatives(session: Session, snapshot: Snapshot) -> list[Relative]:
    """The objects to be looked at because of this one."""
    return _KINDS[type(snapshot)].relatives(session, snapshot)


def apply(session: Session, context: SyncContext, snapshot: Snapshot) -> Applied:
    """Bring our rows up to a fresh copy. Raises Mismatch or NotYet, and then nothing may be committed."""
    refuse_other_mode(context, snapshot)
    return _KINDS[type(snapshot)].apply(session, context, snapshot)


def refuse_other_mode(context: SyncContext, snapshot: Snapshot) -> None:
    """Raises Mismatch for a live object in test mode, and the reverse.

    A refund does not say which it is; it is only kept where its payment is ours already. Nor does a
    customer that was deleted, of whom nothing is kept.
    """
    if isinstance(snapshot, RefundSnapshot) or (
        isinstance(snapshot, CustomerSnapshot) and snapshot.is_deleted
    ):
        return
    if snapshot.is_livemode is not context.is_live_expected:
        raise Mismatch(f"a {'live' if snapshot.is_livemode else 'test'} object in the other mode")
