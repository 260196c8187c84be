"""A Refund: a row of its own. What a donation gave back is always the sum of those that succeeded."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donations.domain.errors import Mismatch
from donations.domain.periods import local_day
from donations.domain.refunds import RefundStatus, counts
from donations.gateway.snapshots import RefundSnapshot
from donations.models import Donation, Refund
from donations.models.insert import insert_if_absent
from donations.services import adjustments, outbox
from donations.sync.outcome import Applied, Relative, SyncContext, not_ours
from donations.sync.parent import donation_of


def relatives(_session: Session, _snapshot: RefundSnapshot) -> list[Relative]:
    return []


def apply(session: Session, context: SyncContext, snapshot: RefundSnapshot) -> Applied:
    """Keep the refund and add up its donation's again. Raises Mismatch or NotYet."""
    donation = donation_of(session, context, snapshot.payment_intent_id, snapshot.charge_id)
    if donation is None:
        return not_ours("the refund's payment made no donation")
    if snapshot.currency != donation.currency:
        raise Mismatch("the refund has another currency than its donation")
    status = _status(snapshot)
    insert_if_absent(session, Refund, _new_row(donation, status, snapshot, context.zone, context.now))
    refund = session.scalars(select(Refund).where(Refund.stripe_refund_id == snapshot.id)).one()
    if (refund.donation_id, refund.amount) != (donation.id, snapshot.amount):
        raise Mismatch("the refund was recorded with another amount or donation")
    refund.status = status
    if counts(status):
        outbox.add(session, "refund", snapshot.id, donation.supporter_id, context.now)
    session.flush()
    adjustments.book_refund(session, refund, zone=context.zone, now=context.now)
    donation.refunded_amount = _succeeded_sum(session, donation)
    return Applied()


def _status(snapshot: RefundSnapshot) -> RefundStatus:
    try:
        return RefundStatus(snapshot.status or "")
    except ValueError:
        raise Mismatch(f"a refund that is {snapshot.status} is not known") from None


def _succeeded_sum(session: Session, donation: Donation) -> int:
    """Added up again each time: a refund may fail after it succeeded, and may be told of twice."""
    total = session.scalar(
        select(func.sum(Refund.amount)).where(
            Refund.donation_id == donation.id, Refund.status == RefundStatus.SUCCEEDED
        )
    )
    refunded = int(total or 0)
    if refunded > donation.amount:
        raise Mismatch("more was refunded than was given")
    return refunded


def _new_row(
    donation: Donation, status: RefundStatus, snapshot: RefundSnapshot, zone: ZoneInfo, now: datetime
) -> dict[str, object]:
    return {
        "stripe_refund_id": snapshot.id,
        "donation_id": donation.id,
        "amount": snapshot.amount,
        "currency": snapshot.currency,
        "status": status,
        "reason": snapshot.reason,
        "refunded_at": snapshot.created_at,
        "refunded_on": local_day(snapshot.created_at, zone),
        "recorded_at": now,
    }
