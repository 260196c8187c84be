"""An Invoice: it leads to its payments and its subscription, and holds no money of ours."""

from __future__ import annotations

from sqlalchemy.orm import Session

from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import InvoiceSnapshot
from donations.services import donations
from donations.sync.outcome import Applied, Relative, SyncContext, not_ours


def relatives(session: Session, snapshot: InvoiceSnapshot) -> list[Relative]:
    """Its subscription, whose standing follows it, and every payment that is not recorded yet."""
    if snapshot.subscription_id is None:
        return []
    payments = [
        Relative(ObjectKind.PAYMENT_INTENT, stripe_id)
        for stripe_id in snapshot.payment_intent_ids
        if not donations.is_recorded(session, stripe_id)
    ]
    return [Relative(ObjectKind.SUBSCRIPTION, snapshot.subscription_id), *payments]


def apply(_session: Session, _context: SyncContext, snapshot: InvoiceSnapshot) -> Applied:
    if snapshot.subscription_id is None:
        return not_ours("the invoice belongs to no subscription")
    return Applied()
