"""Call out no faster than agreed, all processes together.

Each call takes the next free moment of its scope, in one statement, so any number of processes share one
rate and none of them keeps a count of its own. A moment that was taken and not used is lost, which only
errs to the slow side. What is further ahead than anybody ever waits was written by a clock that was wrong,
and is not believed: or nobody would call until it is true.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from donations.models import CallBudget
from donations.models.insert import insert_into

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
LONGEST: Final = timedelta(hours=1)
"""Nobody waits longer for a call, whatever was taken before or Stripe has said."""


def reserve(session: Session, scope: str, calls: int, per_second: float, now: datetime) -> timedelta:
    """Take so many calls, and say how long to wait before the first of them.

    `now` is real time, never a clock that may be advanced. Commit before waiting.
    """
    at = _microseconds(now)
    span = round(calls * 1_000_000 / per_second)
    began_at = case((CallBudget.free_at.between(at, _furthest(now)), CallBudget.free_at), else_=at)
    free_at = session.execute(
        insert_into(session, CallBudget)
        .values(scope=scope, free_at=at + span)
        .on_conflict_do_update(index_elements=[CallBudget.scope], set_={"free_at": began_at + span})
        .returning(CallBudget.free_at)
    ).scalar_one()
    return timedelta(microseconds=free_at - span - at)


def backlog(session: Session, scope: str, now: datetime) -> timedelta:
    """How long one who took a call now would have to wait. Takes none."""
    free_at = session.scalar(
        select(CallBudget.free_at).where(CallBudget.scope == scope, CallBudget.free_at <= _furthest(now))
    )
    return max(timedelta(), timedelta(microseconds=(free_at or 0) - _microseconds(now)))


def hold_back(session: Session, scope: str, seconds: float, now: datetime) -> None:
    """Let nobody call for so long, because we were told that we call too often."""
    until = min(_microseconds(now) + round(seconds * 1_000_000), _furthest(now))
    later = case((CallBudget.free_at.between(until, _furthest(now)), CallBudget.free_at), else_=until)
    session.execute(
        insert_into(session, CallBudget)
        .values(scope=scope, free_at=until)
        .on_conflict_do_update(index_elements=[CallBudget.scope], set_={"free_at": later})
    )


def _furthest(now: datetime) -> int:
    return _microseconds(now + LONGEST)


def _microseconds(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND
