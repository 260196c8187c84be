"""Book what was taken back from donations: the ledger is brought to what is so, in the same transaction.

As with movements, what counts now is compared with the sum of what was booked for the same refund or
dispute, and the difference is one more line. So booking twice books nothing, and a refund that fails
after it succeeded takes its line back without touching it.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donations.domain.adjustments import AdjustmentKind
from donations.domain.disputes import is_lost
from donations.domain.periods import local_day
from donations.domain.refunds import counts
from donations.models import Adjustment, Dispute, Refund


def book_refund(session: Session, refund: Refund, *, zone: ZoneInfo, now: datetime) -> Adjustment | None:
    """The line that was added; None where the ledger says already what is so."""
    taken = refund.amount if counts(refund.status) else 0
    row = Adjustment(
        donation_id=refund.donation_id,
        kind=AdjustmentKind.REFUND,
        stripe_id=refund.stripe_refund_id,
        amount=taken,
        currency=refund.currency,
        occurred_at=refund.refunded_at,
    )
    return _book(session, row, zone, now)


def book_dispute(session: Session, dispute: Dispute, *, zone: ZoneInfo, now: datetime) -> Adjustment | None:
    """The same of a dispute, which takes the money once it is lost."""
    taken = dispute.amount if is_lost(dispute.status) else 0
    row = Adjustment(
        donation_id=dispute.donation_id,
        kind=AdjustmentKind.DISPUTE,
        stripe_id=dispute.stripe_dispute_id,
        amount=taken,
        currency=dispute.currency,
        occurred_at=dispute.opened_at,
    )
    return _book(session, row, zone, now)


def _book(session: Session, row: Adjustment, zone: ZoneInfo, now: datetime) -> Adjustment | None:
    booked = session.scalar(
        select(func.sum(Adjustment.amount)).where(
            Adjustment.stripe_id == row.stripe_id, Adjustment.kind == row.kind
        )
    )
    # SUM of nothing is NULL, and otherwise a Decimal on PostgreSQL.
    row.amount -= int(booked or 0)
    if row.amount == 0:
        return None
    if row.amount < 0:
        # Stripe's date is that of the refund; what came back did so later, and we know it only now.
        row.occurred_at = now
    row.occurred_on = local_day(row.occurred_at, zone)
    row.recorded_at = now
    session.add(row)
    session.flush()
    return row
