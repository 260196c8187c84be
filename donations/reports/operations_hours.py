"""What happened in each of the last 24 hours, for those who watch over the work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.counting import Counted
from donations.models import OperationsHour

HOURS: Final = 24
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class HourLine:
    """One hour. It may not be over yet."""

    hour_at: datetime
    accepted: int
    duplicates: int
    turned_away: int
    """Rejected, or not kept because the database was away."""
    calls: int
    letters: int

    @property
    def is_quiet(self) -> bool:
        return not (self.accepted or self.duplicates or self.turned_away or self.calls or self.letters)


def last_hours(session: Session, now: datetime) -> tuple[HourLine, ...]:
    """The newest first, those in which nothing happened included."""
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    first = this_hour - (HOURS - 1) * _HOUR
    rows = session.execute(
        select(OperationsHour.hour_at, OperationsHour.name, OperationsHour.value).where(
            OperationsHour.hour_at >= first, OperationsHour.hour_at <= this_hour
        )
    )
    found = {(hour_at, name): value for hour_at, name, value in rows}
    return tuple(_line(this_hour - back * _HOUR, found) for back in range(HOURS))


def _line(hour_at: datetime, found: Mapping[tuple[datetime, Counted], int]) -> HourLine:
    def of(*names: Counted) -> int:
        return sum(found.get((hour_at, name), 0) for name in names)

    return HourLine(
        hour_at,
        accepted=of(Counted.ACCEPTED),
        duplicates=of(Counted.DUPLICATE),
        turned_away=of(Counted.REJECTED, Counted.NOT_KEPT),
        calls=of(Counted.CALLS),
        letters=of(Counted.LETTERS_SENT),
    )
