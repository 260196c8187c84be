"""The runs of a reconcile as rows: opened once a beat, leased, carried on page by page.

Nothing of a run is held in memory between two pages, so any process may make the next one. `advance`
comes first in the transaction of a page's effects: where another process was quicker it raises Overtaken,
and nothing of the page is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from sqlalchemy import CursorResult, Select, Update, delete, func, select, update
from sqlalchemy.orm import Session

from donations.domain.errors import DonationError
from donations.domain.reconciling import SCHEDULED, STEPS, RunKind, Step, step_after
from donations.models import ReconcileRun
from donations.models.insert import insert_if_absent
from donations.services.tickets import backoff

LEASE: Final = timedelta(seconds=120)
"""Longer than a page may take with all its tries."""
MOST_TRIES: Final = 8
_LONGEST_WAIT: Final = timedelta(hours=1)
_LONGEST_PROBLEM: Final = 500
_KEPT_FOR: Final = timedelta(days=35)


class Overtaken(DonationError):
    """Another process made this page of a run already. For staff."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run stands, for the process that makes its next page."""

    run_id: int
    kind: RunKind
    since: datetime
    started_at: datetime
    step: Step
    cursor: str | None
    pages: int
    tries: int


@dataclass(frozen=True, slots=True)
class Found:
    """What one page was good for."""

    listed: int = 0
    marked: int = 0
    differing: int = 0


def open_due(session: Session, kind: RunKind, due_at: datetime, since: datetime, now: datetime) -> bool:
    """Open the run of this beat; False where it was opened before, or an earlier one is still under way."""
    under_way = select(ReconcileRun.id).where(ReconcileRun.kind == kind, ReconcileRun.finished_at.is_(None))
    if session.scalar(under_way.limit(1)) is not None:
        return False
    return insert_if_absent(session, ReconcileRun, _new_row(kind, since, now) | {"due_at": due_at})


def ask(session: Session, since: datetime, now: datetime) -> int:
    """Open a run of everything that somebody asks for. Returns its number."""
    row = ReconcileRun(**_new_row(RunKind.ASKED, since, now))
    session.add(row)
    session.flush()
    return row.id


def was_opened(session: Session, kind: RunKind, due_at: datetime) -> bool:
    """Whether the beat has its run."""
    found = select(ReconcileRun.id).where(ReconcileRun.kind == kind, ReconcileRun.due_at == due_at)
    return session.scalar(found) is not None


def last_began_at(session: Session, kind: RunKind) -> datetime | None:
    """When the newest run of this kind began that came to its end: up to then nothing was missed."""
    return session.scalar(
        select(func.max(ReconcileRun.started_at)).where(
            ReconcileRun.kind == kind, ReconcileRun.finished_at.is_not(None)
        )
    )


def claim(session: Session, now: datetime, run_id: int | None = None) -> Place | None:
    """Lease the run that waits longest, or this one; None where none is free."""
    free = _free(now) if run_id is None else _free(now).where(ReconcileRun.id == run_id)
    row = session.scalar(
        free.order_by(ReconcileRun.leased_until, ReconcileRun.id).limit(1).with_for_update(skip_locked=True)
    )
    if row is None or row.step is None:
        return None
    row.leased_until = now + LEASE
    return Place(row.id, row.kind, row.since, row.started_at, row.step, row.cursor, row.pages, row.tries)


def is_any_free(session: Session, now: datetime) -> bool:
    return session.scalar(_free(now).limit(1)) is not None


def advance(session: Session, place: Place, found: Found, cursor: str | None, now: datetime) -> None:
    """Go on after a page: where it had a cursor in the same step, else with the next. Raises Overtaken."""
    step = place.step if cursor is not None else step_after(place.kind, place.step)
    _move(
        session,
        place,
        step,
        now,
        cursor=cursor,
        listed=ReconcileRun.listed + found.listed,
        marked=ReconcileRun.marked + found.marked,
        differing=ReconcileRun.differing + found.differing,
    )


def begin_step_again(session: Session, place: Place, problem: str, now: datetime) -> None:
    """What the cursor named is gone, such as a draft that was deleted. Raises Overtaken."""
    if place.tries + 1 >= MOST_TRIES:
        _leave_out(session, place, problem, now)
    else:
        _move(session, place, place.step, now, cursor=None, tries=place.tries + 1, problem=_short(problem))


def put_off(
    session: Session, place: Place, problem: str, seconds: float | None, now: datetime, random: Random
) -> None:
    """A page that failed is tried again later; after eight tries the run goes on without that step, and says
    so. Raises Overtaken."""
    if place.tries + 1 >= MOST_TRIES:
        _leave_out(session, place, problem, now)
        return
    wait = max(timedelta(seconds=seconds or 0), backoff(place.tries + 1, random))
    _changed(
        session,
        _where_it_stood(place).values(
            tries=place.tries + 1, problem=_short(problem), leased_until=now + min(wait, _LONGEST_WAIT)
        ),
    )


def purge(session: Session, now: datetime) -> None:
    """Forget what ended long ago, but for the newest of each kind, which is shown."""
    newest = [
        session.scalar(
            select(func.max(ReconcileRun.id)).where(
                ReconcileRun.kind == kind, ReconcileRun.finished_at.is_not(None)
            )
        )
        for kind in (*SCHEDULED, RunKind.ASKED)
    ]
    kept = [number for number in newest if number is not None]
    session.execute(
        delete(ReconcileRun).where(ReconcileRun.finished_at < now - _KEPT_FOR, ReconcileRun.id.not_in(kept))
    )


def _leave_out(session: Session, place: Place, problem: str, now: datetime) -> None:
    said = f"{place.step.value} left out: {problem}"
    _move(session, place, step_after(place.kind, place.step), now, cursor=None, problem=_short(said))


def _move(session: Session, place: Place, step: Step | None, now: datetime, **values: object) -> None:
    at_end = {"step": None, "finished_at": now} if step is None else {"step": step}
    moved = {"pages": place.pages + 1, "tries": 0, "leased_until": now} | at_end | values
    _changed(session, _where_it_stood(place).values(moved))


def _where_it_stood(place: Place) -> Update:
    return update(ReconcileRun).where(ReconcileRun.id == place.run_id, ReconcileRun.pages == place.pages)


def _changed(session: Session, statement: Update) -> None:
    result = session.execute(statement)
    assert isinstance(result, CursorResult)
    if result.rowcount == 0:
        raise Overtaken("this page of the run was made by another process")


def _free(now: datetime) -> Select[ReconcileRun]:
    return select(ReconcileRun).where(ReconcileRun.finished_at.is_(None), ReconcileRun.leased_until <= now)


def _short(problem: str) -> str:
    return problem[:_LONGEST_PROBLEM]


def _new_row(kind: RunKind, since: datetime, now: datetime) -> dict[str, object]:
    return {
        "kind": kind,
        "since": since,
        "started_at": now,
        "step": STEPS[kind][0],
        "pages": 0,
        "leased_until": now,
        "tries": 0,
        "listed": 0,
        "marked": 0,
        "differing": 0,
    }
