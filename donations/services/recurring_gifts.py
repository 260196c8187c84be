"""The recurring gifts of one supporter: what is owed, and whether a second one is meant."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.movements import MovementKind
from donations.domain.standing import TERMINAL, Standing
from donations.models import Movement, Subscription
from donations.services import announcements


def note_movement(session: Session, row: Subscription, movement: Movement | None, now: datetime) -> None:
    """Ask about a gift that begins beside another, when it is first paid or its date is agreed.

    A gift that changes, or resumes, was there before and is not asked about.
    """
    is_second = (
        movement is not None and movement.kind is MovementKind.UPGRADED and _is_first(session, movement)
    )
    begins_later = row.standing is Standing.TRIALING and row.first_paid_at is None
    if is_second or (begins_later and others_running(session, row)):
        announcements.ask_whether_both(session, row, now)


def others_running(session: Session, row: Subscription) -> list[Subscription]:
    """The same supporter's other gifts that have not ended, oldest first."""
    statement = select(Subscription).where(
        Subscription.supporter_id == row.supporter_id,
        Subscription.id != row.id,
        Subscription.standing.not_in([*TERMINAL, Standing.INCOMPLETE]),
    )
    return list(session.scalars(statement.order_by(Subscription.started_at, Subscription.id)))


def owe_nothing(row: Subscription) -> None:
    """What was owed is paid, or not asked for any more."""
    row.failing_invoice_id = row.failing_since = None
    row.failing_next_try_at = row.confirmation_asked_at = None


def _is_first(session: Session, movement: Movement) -> bool:
    earlier = select(Movement.id).where(
        Movement.subscription_id == movement.subscription_id, Movement.id < movement.id
    )
    return session.scalar(earlier.limit(1)) is None
