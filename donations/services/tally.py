"""Count what happens in a process without a write each time, and add it to what all have counted.

What a process has counted and not stored yet is in its memory: it is stored every few seconds, by the clock
and never by a request, so what strangers send us writes nothing. A process that is killed takes those
seconds with it.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from donations.domain.counting import BY_HOUR, Counted, Outcome, bound_of
from donations.models import OperationsCount, OperationsHour
from donations.models.insert import insert_into

Key: TypeAlias = tuple[Counted, str]
"""What is counted, and its label; '' for none."""

_HOURS_LAST: Final = timedelta(days=2)


class Tally:
    """What one process has counted and not stored yet. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[Key] = Counter()

    def add(self, name: Counted, label: str = "", number: int = 1) -> None:
        """So many more."""
        with self._lock:
            self._counts[name, label] += number

    def note_call(self, kind: str, outcome: Outcome, seconds: float) -> None:
        """One try of a call to Stripe."""
        counts = {
            (Counted.CALLS, f"{kind} {outcome}"): 1,
            (Counted.CALLS_WITHIN, f"{kind} {bound_of(seconds)}"): 1,
            (Counted.CALL_TIME, kind): round(seconds * 1_000_000),
        }
        with self._lock:
            self._counts.update(counts)

    def take(self) -> Counter[Key]:
        """All there is, which is the caller's to store now."""
        with self._lock:
            taken, self._counts = self._counts, Counter()
            return taken

    def put_back(self, counts: Mapping[Key, int]) -> None:
        """What could not be stored: for the next time."""
        with self._lock:
            self._counts.update(counts)


def record(session: Session, counts: Mapping[Key, int], now: datetime) -> None:
    """Add these to what was counted before, in all and in this hour."""
    in_all = {key: number for key, number in counts.items() if number}
    if not in_all:
        return
    # Always in one order: two processes that add the same rows must not wait for each other.
    rows = [{"name": name, "label": label, "value": in_all[name, label]} for name, label in sorted(in_all)]
    insert = insert_into(session, OperationsCount).values(rows)
    total = OperationsCount.value + insert.excluded.value
    session.execute(insert.on_conflict_do_update(index_elements=["name", "label"], set_={"value": total}))
    _record_hour(session, in_all, now.replace(minute=0, second=0, microsecond=0))


def _record_hour(session: Session, counts: Mapping[Key, int], hour_at: datetime) -> None:
    sums: Counter[Counted] = Counter()
    for (name, _), number in counts.items():
        if name in BY_HOUR:
            sums[name] += number
    if not sums:
        return
    rows = [{"hour_at": hour_at, "name": name, "value": sums[name]} for name in sorted(sums)]
    insert = insert_into(session, OperationsHour).values(rows)
    total = OperationsHour.value + insert.excluded.value
    session.execute(insert.on_conflict_do_update(index_elements=["hour_at", "name"], set_={"value": total}))


def totals(session: Session) -> dict[Key, int]:
    """What all processes have counted since the first start."""
    rows = session.execute(select(OperationsCount.name, OperationsCount.label, OperationsCount.value))
    return {(name, label): value for name, label, value in rows}


def forget_old_hours(session: Session, now: datetime) -> None:
    session.execute(delete(OperationsHour).where(OperationsHour.hour_at < now - _HOURS_LAST))
