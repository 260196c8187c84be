"""Call out no faster than agreed, all processes together.

Each call takes the next free moment of its scope, in one statement, so any number of processes share one
rate and none of them keeps a count of its own. A moment that was taken and not used is lost, which only
errs to the slow side.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import case
from sqlalchemy.orm import Session

from donations.models import CallBudget
from donations.models.insert import insert_into

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def reserve(session: Session, scope: str, calls: int, per_second: float, now: datetime) -> timedelta:
    """Take so many calls, and say how long to wait before the first of them.

    `now` is real time, never a clock that may be advanced. Commit before waiting.
    """
    at = (now - _EPOCH) // _MICROSECOND
    span = round(calls * 1_000_000 / per_second)
    began_at = case((CallBudget.free_at > at, CallBudget.free_at), else_=at)
    free_at = session.execute(
        insert_into(session, CallBudget)
        .values(scope=scope, free_at=at + span)
        .on_conflict_do_update(index_elements=[CallBudget.scope], set_={"free_at": began_at + span})
        .returning(CallBudget.free_at)
    ).scalar_one()
    return timedelta(microseconds=free_at - span - at)
