"""What is wrong with the work, since when, and who was told.

The worker's sweep finds it and writes it down, so pages read a handful of rows. That there is no worker it
cannot find: whoever looks finds that. All instants are real time.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, case, func, or_, select, update
from sqlalchemy.orm import Session

from donations.domain.alerts import (
    AT_MOST_EVERY,
    LETTERS_COUNT_FOR,
    WORKER_SILENT_FOR,
    Cause,
    Facts,
    causes_in,
)
from donations.domain.reconciling import RunKind
from donations.models import Alert, OutboxMessage, OutboxStatus, ReconcileRun
from donations.models.insert import insert_if_absent
from donations.services import operations, workers

_LEASE: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """What is wrong now. `since` is None where it always was."""

    cause: Cause
    since: datetime | None


@dataclass(frozen=True, slots=True)
class News:
    """Something that a mail is to tell, and that is this worker's to send now."""

    cause: Cause
    began_at: datetime
    ended_at: datetime | None
    """None for what goes on."""


def find(session: Session, now: datetime) -> frozenset[Cause]:
    """What is wrong by the tables. `now` is by the clock of the site, which rows are written by."""
    look = operations.look(session, now)
    given_up = select(func.count(OutboxMessage.id)).where(
        OutboxMessage.status == OutboxStatus.FAILED, OutboxMessage.next_try_at > now - LETTERS_COUNT_FOR
    )
    facts = Facts(
        set_aside=look.quarantined_tickets + look.quarantined_events,
        lag=look.lag,
        letters_given_up=session.execute(given_up).scalar_one(),
        compared_at=_compared_at(session),
    )
    return causes_in(facts, now)


def note(session: Session, found: Set[Cause], now: datetime) -> None:
    """Open what is found and was not open, and end what is open and is found no more."""
    for cause in sorted(found):
        insert_if_absent(session, Alert, {"cause": cause, "began_at": now})
    # Where nobody was told yet that it was over, it has gone on.
    began_at = case((Alert.told_at.is_(None), now), else_=Alert.began_at)
    again = update(Alert).where(Alert.cause.in_(found), Alert.ended_at.is_not(None))
    session.execute(again.values(ended_at=None, began_at=began_at))
    over = update(Alert).where(Alert.cause.not_in(found), Alert.ended_at.is_(None))
    session.execute(over.values(ended_at=now))


def claim_news(session: Session, now: datetime) -> list[News]:
    """Lease what is to be told: each is handed to one worker. A crash lets the lease run out."""
    is_quiet = or_(Alert.last_told_at.is_(None), Alert.last_told_at <= now - AT_MOST_EVERY)
    is_begun = and_(Alert.ended_at.is_(None), Alert.told_at.is_(None), is_quiet)
    is_over = and_(Alert.ended_at.is_not(None), Alert.told_at.is_not(None))
    is_free = or_(Alert.leased_until.is_(None), Alert.leased_until <= now)
    statement = (
        update(Alert)
        .where(or_(is_begun, is_over), is_free)
        .values(leased_until=now + _LEASE)
        .returning(Alert.cause, Alert.began_at, Alert.ended_at)
    )
    found = {
        cause: News(cause, began_at, ended_at) for cause, began_at, ended_at in session.execute(statement)
    }
    return [found[cause] for cause in Cause if cause in found]


def mark_told(session: Session, news: News, now: datetime) -> None:
    """Its mail has gone out."""
    told = {"told_at": now, "last_told_at": now} if news.ended_at is None else {"told_at": None}
    session.execute(update(Alert).where(Alert.cause == news.cause).values(leased_until=None, **told))


def list_open(session: Session, now: datetime) -> tuple[OpenAlert, ...]:
    """What is wrong now, that no worker was seen included."""
    rows = session.execute(select(Alert.cause, Alert.began_at).where(Alert.ended_at.is_(None)))
    found = {cause: OpenAlert(cause, began_at) for cause, began_at in rows}
    seen_at = workers.last_seen_at(session)
    if seen_at is None or now - seen_at > WORKER_SILENT_FOR:
        found[Cause.NO_WORKER] = OpenAlert(Cause.NO_WORKER, seen_at)
    return tuple(found[cause] for cause in Cause if cause in found)


def _compared_at(session: Session) -> datetime | None:
    """When events were last compared to the end, or else when that was first begun."""
    of_events = ReconcileRun.kind.in_((RunKind.EVENTS, RunKind.ASKED))
    finished_at, began_at = session.execute(
        select(func.max(ReconcileRun.finished_at), func.min(ReconcileRun.started_at)).where(of_events)
    ).one()
    return finished_at or began_at
