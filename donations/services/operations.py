"""How the work stands: what waits, what was given up, and how far behind we are. Nothing personal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from donations.models import (
    Checkout,
    Disposition,
    OutboxMessage,
    OutboxStatus,
    StripeEvent,
    StripeObject,
)
from donations.models.rollups.day_failure import DayFailure


@dataclass(frozen=True, slots=True)
class Operations:
    """One look at it all."""

    waiting: int
    """Tickets that are to be looked at, now or later."""
    lag: timedelta
    """For how long the ticket that is due longest has been due; none where none is."""
    quarantined_tickets: int
    quarantined_events: int
    messages_due: int
    messages_failed: int
    checkouts: Mapping[str, int]
    """How many there are by status."""


def look(session: Session, now: datetime) -> Operations:
    """From the tables as they are, so it is the same whichever process is asked."""
    is_waiting = and_(StripeObject.applied < StripeObject.generation, StripeObject.quarantined_at.is_(None))
    due_since = session.scalar(select(func.min(StripeObject.next_try_at)).where(is_waiting))
    is_due = and_(
        OutboxMessage.status == OutboxStatus.WAITING,
        OutboxMessage.skipped_at.is_(None),
        OutboxMessage.next_try_at <= now,
    )
    by_status = select(Checkout.status, func.count(Checkout.id)).group_by(Checkout.status)
    return Operations(
        waiting=_count(session, StripeObject.id, is_waiting),
        lag=timedelta() if due_since is None else max(timedelta(), now - due_since),
        quarantined_tickets=_count(session, StripeObject.id, StripeObject.quarantined_at.is_not(None)),
        quarantined_events=_count(
            session, StripeEvent.id, StripeEvent.disposition == Disposition.QUARANTINED
        ),
        messages_due=_count(session, OutboxMessage.id, is_due),
        messages_failed=_count(session, OutboxMessage.id, OutboxMessage.status == OutboxStatus.FAILED),
        checkouts={status.value: count for status, count in session.execute(by_status)},
    )


def declined(session: Session) -> int:
    """How many payments of recurring gifts did not go through at first, by the sums of reports."""
    return int(session.scalar(select(func.sum(DayFailure.failed))) or 0)


def _count(session: Session, key: InstrumentedAttribute[int], which: ColumnElement[bool]) -> int:
    return session.execute(select(func.count(key)).where(which)).scalar_one()
