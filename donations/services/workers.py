"""Which workers live. All instants are real time, whatever the clock of the site says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from donations.domain.alerts import WORKER_SILENT_FOR
from donations.models import WorkerSeen
from donations.models.insert import insert_into

_KEPT_FOR: Final = timedelta(hours=1)


def note_alive(session: Session, worker: str, started_at: datetime, now: datetime) -> None:
    """This one is alive; those that have long been silent are forgotten."""
    insert = insert_into(session, WorkerSeen).values(worker=worker, started_at=started_at, last_seen_at=now)
    session.execute(insert.on_conflict_do_update(index_elements=["worker"], set_={"last_seen_at": now}))
    session.execute(delete(WorkerSeen).where(WorkerSeen.last_seen_at < now - _KEPT_FOR))


def list_alive(session: Session, now: datetime) -> Sequence[WorkerSeen]:
    """Those that were seen within the last minutes, the oldest first."""
    alive = select(WorkerSeen).where(WorkerSeen.last_seen_at >= now - WORKER_SILENT_FOR)
    return session.scalars(alive.order_by(WorkerSeen.started_at, WorkerSeen.worker)).all()


def last_seen_at(session: Session) -> datetime | None:
    """When any was seen last; None where none ever was."""
    return session.scalar(select(func.max(WorkerSeen.last_seen_at)))
