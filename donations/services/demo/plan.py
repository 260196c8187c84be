"""What is wanted of a history, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from donations.domain.errors import DonationError
from donations.domain.offers import OfferBook
from donations.domain.periods import day_bounds


class NoSuchHistory(DonationError):
    """The history that is asked for lies in the future."""

    def __init__(self) -> None:
        super().__init__("A history can only be of days that are over.")


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """A history of `supporters` who came in the `years` before `until`."""

    supporters: int
    years: int
    until: datetime
    """The first instant that is no longer of it."""
    seed: int
    zone: ZoneInfo
    """In which days are booked."""
    offers: OfferBook

    @property
    def since(self) -> datetime:
        return self.until - timedelta(days=round(self.years * 365.25))


def end_of(day: date | None, zone: ZoneInfo, now: datetime) -> datetime:
    """When a history ends that goes on to a day, or to now. Raises NoSuchHistory for a day to come."""
    if day is None:
        return now.replace(microsecond=0)
    ends = day_bounds(day, zone)[1]
    if ends > now:
        raise NoSuchHistory
    return ends


@dataclass(slots=True)
class Written:
    """How many rows went into each table."""

    rows: dict[str, int] = field(default_factory=dict[str, int])

    @property
    def donations(self) -> int:
        return self.rows.get("donation", 0)

    def add(self, table: str, rows: int) -> None:
        self.rows[table] = self.rows.get(table, 0) + rows
