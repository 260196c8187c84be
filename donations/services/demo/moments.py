"""Instants as whole seconds since 1970 in UTC: millions of them are drawn, compared and written."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import accumulate
from typing import Final, Self
from zoneinfo import ZoneInfo

MINUTE: Final = 60
HOUR: Final = 3_600
DAY: Final = 86_400

_QUARTER: Final = 900
"""All zones' clocks change by whole quarters of an hour."""
_EPOCH: Final = date(1970, 1, 1)
_YEARS: Final = 300
_LENGTHS: Final = tuple(monthrange(1970 + n // 12, n % 12 + 1)[1] for n in range(_YEARS * 12))
_FIRSTS: Final = tuple(accumulate(_LENGTHS, initial=0))
_WITHIN_HOUR: Final = tuple(f":{second // 60:02}:{second % 60:02}.000000" for second in range(HOUR))


def seconds(instant: datetime) -> int:
    return int(instant.timestamp())


def instant(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def day_number(day: date) -> int:
    """Days since 1970."""
    return (day - _EPOCH).days


@dataclass(frozen=True, slots=True)
class Anchor:
    """The day of the month and the second of that day on which a gift is charged.

    Each date is reckoned from the first, never from the one before, as Stripe does it in UTC.
    """

    month: int
    """Months since 1970."""
    day: int
    second: int

    @classmethod
    def of(cls, at: int) -> Self:
        day = instant(at).date()
        return cls((day.year - 1970) * 12 + day.month - 1, day.day, at % DAY)

    def later(self, months: int) -> int:
        month = self.month + months
        day = min(self.day, _LENGTHS[month])
        return (_FIRSTS[month] + day - 1) * DAY + self.second


class Moments:
    """Instants in the words of the database, and the days on which they were in one zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._hours: dict[int, str] = {}
        self._days: dict[int, str] = {}

    def stamp(self, at: int) -> str:
        """In UTC, as SQLite keeps it and PostgreSQL reads it."""
        hour = at // HOUR
        text = self._hours.get(hour)
        if text is None:
            text = self._hours[hour] = f"{instant(hour * HOUR):%Y-%m-%d %H}"
        return text + _WITHIN_HOUR[at % HOUR]

    def stamp_or_none(self, at: int | None) -> str | None:
        return None if at is None else self.stamp(at)

    def day(self, at: int) -> str:
        quarter = at // _QUARTER
        text = self._days.get(quarter)
        if text is None:
            local = datetime.fromtimestamp(quarter * _QUARTER, self._zone)
            text = self._days[quarter] = local.date().isoformat()
        return text

    def noon(self, at: int) -> int:
        """Of the day that it was there."""
        local = datetime.fromtimestamp(at, self._zone)
        return seconds(datetime.combine(local.date(), time(12), tzinfo=self._zone))
