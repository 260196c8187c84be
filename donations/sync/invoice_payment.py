"""An InvoicePayment: the link from an invoice to a payment; both are looked at, nothing is kept."""

from __future__ import annotations

from sqlalchemy.orm import Session

from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import InvoicePaymentSnapshot
from donations.services import donations
from donations.sync.outcome import Applied, Relative, SyncContext


def relatives(session: Session, snapshot: InvoicePaymentSnapshot) -> list[Relative]:
    found = [Relative(ObjectKind.INVOICE, snapshot.invoice_id)]
    stripe_id = snapshot.payment_intent_id
    if stripe_id is not None and not donations.is_recorded(session, stripe_id):
        found.append(Relative(ObjectKind.PAYMENT_INTENT, stripe_id))
    return found


def apply(_session: Session, _context: SyncContext, _snapshot: InvoicePaymentSnapshot) -> Applied:
    return Applied()
