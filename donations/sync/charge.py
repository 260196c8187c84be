"""A Charge: what a payment cost us, which may be known only later than that it succeeded."""

from __future__ import annotations

from sqlalchemy.orm import Session

from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import ChargeSnapshot
from donations.services import donations
from donations.sync.outcome import Applied, Relative, SyncContext, not_ours


def relatives(session: Session, snapshot: ChargeSnapshot) -> list[Relative]:
    """Its payment, while that is not recorded: only the payment makes a donation."""
    stripe_id = snapshot.payment_intent_id
    if stripe_id is None or donations.is_recorded(session, stripe_id):
        return []
    return [Relative(ObjectKind.PAYMENT_INTENT, stripe_id)]


def apply(session: Session, context: SyncContext, snapshot: ChargeSnapshot) -> Applied:
    """Fill in fee, net and settlement currency. Raises Mismatch."""
    if snapshot.payment_intent_id is None:
        return not_ours("the charge belongs to no payment")
    if snapshot.status != "succeeded":
        return Applied()
    donation = donations.find_locked(session, snapshot.payment_intent_id, None)
    if donation is not None:
        donations.settle(session, donation, snapshot, context.now)
    return Applied()
