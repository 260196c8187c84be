"""A Dispute: a row of its own, beside the donation that a bank questions."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.disputes import DisputeStatus, is_inquiry, is_open
from donations.domain.errors import Mismatch
from donations.domain.periods import local_day
from donations.gateway.snapshots import DisputeSnapshot
from donations.models import Dispute, Donation
from donations.models.insert import insert_if_absent
from donations.services import adjustments, outbox
from donations.sync.outcome import Applied, Relative, SyncContext, not_ours
from donations.sync.parent import donation_of


def relatives(_session: Session, _snapshot: DisputeSnapshot) -> list[Relative]:
    return []


def apply(session: Session, context: SyncContext, snapshot: DisputeSnapshot) -> Applied:
    """Keep the dispute as it stands now. Raises Mismatch or NotYet."""
    donation = donation_of(session, context, snapshot.payment_intent_id, snapshot.charge_id)
    if donation is None:
        return not_ours("the dispute's payment made no donation")
    status = _status(snapshot)
    insert_if_absent(session, Dispute, _new_row(donation, status, snapshot, context.zone, context.now))
    dispute = session.scalars(select(Dispute).where(Dispute.stripe_dispute_id == snapshot.id)).one()
    if (dispute.donation_id, dispute.currency) != (donation.id, snapshot.currency):
        raise Mismatch("the dispute was recorded with another currency or donation")
    dispute.status = status
    dispute.amount = snapshot.amount
    session.flush()
    adjustments.book_dispute(session, dispute, zone=context.zone, now=context.now)
    if is_open(status) and not is_inquiry(status):
        outbox.add(session, "dispute", snapshot.id, donation.supporter_id, context.now)
    return Applied()


def _status(snapshot: DisputeSnapshot) -> DisputeStatus:
    try:
        return DisputeStatus(snapshot.status)
    except ValueError:
        raise Mismatch(f"a dispute that is {snapshot.status} is not known") from None


def _new_row(
    donation: Donation, status: DisputeStatus, snapshot: DisputeSnapshot, zone: ZoneInfo, now: datetime
) -> dict[str, object]:
    return {
        "stripe_dispute_id": snapshot.id,
        "donation_id": donation.id,
        "amount": snapshot.amount,
        "currency": snapshot.currency,
        "status": status,
        "reason": snapshot.reason,
        "opened_at": snapshot.created_at,
        "opened_on": local_day(snapshot.created_at, zone),
        "recorded_at": now,
    }
