"""Store reference rates. A month's rate is fixed: another value is kept out unless it is to replace it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.audit import AuditAction
from donations.domain.errors import DonationError
from donations.domain.periods import local_day
from donations.domain.rates import MonthRate
from donations.models import ReferenceRate
from donations.models.insert import insert_into
from donations.services import audit

LONGEST_SOURCE: Final = 100


class Fate(StrEnum):
    """What becomes of one rate of a table."""

    ADDED = "added"
    """Its month had none."""
    REPLACED = "replaced"
    """Its month had another, which stays beside it."""
    KEPT_OUT = "kept_out"
    """Its month has another, which stays."""
    SAME = "same"
    """Its month has just this one."""


@dataclass(frozen=True, slots=True)
class RateLine:
    """One rate of a table, and what becomes of it."""

    rate: MonthRate
    fate: Fate
    known: int | None
    """The rate that its month has by now, in millionths."""
    version: int
    """The number that it has, or would have."""

    @property
    def changes_something(self) -> bool:
        return self.fate in {Fate.ADDED, Fate.REPLACED}


@dataclass(frozen=True, slots=True)
class Recording:
    """Whose word the rates are stored on."""

    source: str
    """The name of the file."""
    recorded_by: int | None
    """The member of staff; None from the command line."""
    now: datetime
    zone: ZoneInfo


class RatesChanged(DonationError):
    """Somebody else stored a rate of the same month at the same moment; nothing of this was stored."""

    def __init__(self) -> None:
        super().__init__("Somebody stored rates at the same moment, so nothing was stored. Look once more.")


def fates_of(session: Session, rates: Iterable[MonthRate], *, replaces: bool) -> tuple[RateLine, ...]:
    """What storing these rates would do, in their order."""
    known = _newest(session)
    return tuple(_line(rate, known.get((rate.month, rate.currency)), replaces) for rate in rates)


def count_fates(lines: Iterable[RateLine]) -> Counter[Fate]:
    return Counter(line.fate for line in lines)


def store(
    session: Session, rates: Iterable[MonthRate], recording: Recording, *, replaces: bool
) -> tuple[RateLine, ...]:
    """Store what can be stored, and say what became of each. Raises RatesChanged."""
    lines = fates_of(session, rates, replaces=replaces)
    changes = [_row(line, recording) for line in lines if line.changes_something]
    if changes and _insert(session, changes) != len(changes):
        raise RatesChanged
    if changes:
        _note(session, lines, recording)
    return lines


def _note(session: Session, lines: Iterable[RateLine], recording: Recording) -> None:
    fates = count_fates(lines)
    audit.record(
        session,
        AuditAction.STORE_RATES,
        staff_user_id=recording.recorded_by,
        reason=None,
        details={
            "table": recording.source[:LONGEST_SOURCE],
            "added": fates[Fate.ADDED],
            "replaced": fates[Fate.REPLACED],
        },
        now=recording.now,
    )


def _newest(session: Session) -> dict[tuple[date, str], tuple[int, int]]:
    """The version and the rate that each month and currency has now."""
    rows = session.execute(
        select(ReferenceRate.month, ReferenceRate.currency, ReferenceRate.version, ReferenceRate.per_euro)
    )
    found: dict[tuple[date, str], tuple[int, int]] = {}
    for month, currency, version, per_euro in rows:
        found[month, currency] = max(found.get((month, currency), (0, 0)), (version, per_euro))
    return found


def _line(rate: MonthRate, known: tuple[int, int] | None, replaces: bool) -> RateLine:
    if known is None:
        return RateLine(rate, Fate.ADDED, None, 1)
    version, per_euro = known
    if per_euro == rate.per_euro:
        return RateLine(rate, Fate.SAME, per_euro, version)
    if replaces:
        return RateLine(rate, Fate.REPLACED, per_euro, version + 1)
    return RateLine(rate, Fate.KEPT_OUT, per_euro, version)


def _row(line: RateLine, recording: Recording) -> dict[str, object]:
    return {
        "month": line.rate.month,
        "currency": line.rate.currency,
        "version": line.version,
        "per_euro": line.rate.per_euro,
        "days": line.rate.days,
        "source": recording.source[:LONGEST_SOURCE],
        "recorded_at": recording.now,
        "recorded_on": local_day(recording.now, recording.zone),
        "recorded_by": recording.recorded_by,
    }


def _insert(session: Session, rows: Sequence[dict[str, object]]) -> int:
    """How many of them went in: fewer where somebody else was quicker."""
    statement = insert_into(session, ReferenceRate).on_conflict_do_nothing().returning(ReferenceRate.id)
    return len(session.scalars(statement, rows).all())
