"""Days and the spans between them.

Instants are aware and UTC; a day is a day of one zone, from its midnight to the next
(half-open), which on 25 October 2026 in Amsterdam is 25 hours. The clock is read
elsewhere: `today` and instants come as arguments.

Charges fall as Stripe lets them: each is reckoned from the first day, never from the
one before, so a gift begun on 31 January is charged on 28 February and again on 31 March.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from donations.domain.gifts import Frequency

_DAY = timedelta(days=1)


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """The day it was there at that instant. Raises ValueError for a naive instant."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs its zone")
    return instant.astimezone(zone).date()


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first instant of the day there, and the first that is no longer of it, both UTC."""
    return _midnight(day, zone), _midnight(day + _DAY, zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, the first and the last included. Raises ValueError when they are the wrong way round."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"a period cannot end ({self.last}) before it begins ({self.first})")

    def __len__(self) -> int:
        return (self.last - self.first).days + 1

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def days(self) -> Iterator[date]:
        """Each day in order."""
        return (self.first + timedelta(days=n) for n in range(len(self)))

    def previous(self) -> "Period":
        """As many days, directly before."""
        return Period(self.first - timedelta(days=len(self)), self.first - _DAY)

    def year_before(self) -> "Period":
        """The same days a year before; 28 February stands for a 29th that the year has not."""
        return Period(_in_year_before(self.first), _in_year_before(self.last))

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The first instant of the period there, and the first after it, both UTC."""
        return _midnight(self.first, zone), _midnight(self.last + _DAY, zone)


def last_days(today: date, n: int) -> Period:
    """The `n` days that end with today."""
    return Period(today - timedelta(days=n - 1), today)


def this_month(today: date) -> Period:
    """From the first of the month to today: days to come have no figures to show."""
    return Period(today.replace(day=1), today)


def last_month(today: date) -> Period:
    """The whole calendar month before today's."""
    last = today.replace(day=1) - _DAY
    return Period(last.replace(day=1), last)


def whole_month(day: date) -> Period:
    """The calendar month of a day, from its first to its last."""
    return Period(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))


def this_year(today: date) -> Period:
    """From 1 January to today."""
    return Period(today.replace(month=1, day=1), today)


def this_quarter(today: date) -> Period:
    """From the first day of the quarter to today."""
    return Period(date(today.year, today.month - (today.month - 1) % 3, 1), today)


def last_months(today: date, n: int) -> Period:
    """This month up to today and the whole months before it, `n` in all."""
    return Period(months_after(today.replace(day=1), 1 - n), today)


def last_year(today: date) -> Period:
    """The whole calendar year before today's."""
    return Period(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31))


def same_day_year_before(day: date) -> date | None:
    """None for a 29 February, which the year before has not."""
    return None if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


def nth_charge_on(start: date, frequency: Frequency, n: int) -> date:
    """The day of charge `n`, where 0 is the first, on `start` itself, and 1 is the next.

    Raises ValueError for a charge that will not be: a negative one, or a second of a one-time gift.
    """
    if n < 0 or (n > 0 and frequency.months is None):
        raise ValueError(f"a {frequency} gift has no charge number {n}")
    return months_after(start, n * (frequency.months or 0))


def charge_dates(start: date, frequency: Frequency) -> Iterator[date]:
    """The days of all charges, the first included; without end unless the gift is given once."""
    numbers = count() if frequency.is_recurring else iter((0,))
    return (nth_charge_on(start, frequency, n) for n in numbers)


def _in_year_before(day: date) -> date:
    return same_day_year_before(day) or day.replace(year=day.year - 1, day=28)


def months_after(start: date, months: int) -> date:
    """The same day so many months later, earlier for less than nothing; or the last of a shorter month."""
    years, month = divmod(start.month - 1 + months, 12)
    year, month = start.year + years, month + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def ordinal(day: int) -> str:
    """`22nd`: the day of a month in an English sentence."""
    teens = 10 < day % 100 < 20
    ending = "th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"
