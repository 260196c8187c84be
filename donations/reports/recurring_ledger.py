"""All movements of recurring revenue that a page asks about, read once and cut at its days.

A level at the end of a day is the sum of everything up to it, so 36 month-ends cost one pass over the
daily sums, and so do the days of a month.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from sqlalchemy.orm import Session

from donations.domain.money import Money
from donations.domain.movements import MONTHS_A_YEAR, MovementKind
from donations.domain.periods import Period, months_after, whole_month
from donations.reports.currency_order import in_order
from donations.reports.filters import Filters
from donations.reports.movement_words import KIND_NAMES
from donations.reports.sum_values import MovementSums
from donations.reports.sums import movements_between, stood_on

KINDS: Final = tuple(KIND_NAMES)
"""In the order of the identity."""
NOTHING: Final = MovementSums()
_DAY: Final = timedelta(days=1)
_RATE_DAYS: Final = 30
_FEW_DAYS: Final = 92
_LEAST_MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class Moved:
    """What moved under one kind, cause and tag in one currency."""

    currency: str
    kind: str
    cause: str
    tag: str
    sums: MovementSums


@dataclass(frozen=True, slots=True)
class Steps:
    """From a level to a level: opening + Σ moved = closing, if the sums are what they should be."""

    opening: MovementSums
    moved: Mapping[str, MovementSums]
    """By kind."""
    closing: MovementSums

    def of(self, kind: MovementKind) -> MovementSums:
        return self.moved.get(kind, NOTHING)

    @property
    def reckoned(self) -> MovementSums:
        """What the closing should be."""
        return sum((self.of(kind) for kind in KINDS), self.opening)

    @property
    def adds_up(self) -> bool:
        found, reckoned = self.closing, self.reckoned
        return (found.annual, found.gifts, found.supporters, found.supporters_in_currency) == (
            reckoned.annual, reckoned.gifts, reckoned.supporters, reckoned.supporters_in_currency,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ledger:
    """`closing` is read for itself, so that the movements can be held against it."""

    filters: Filters
    days: tuple[date, ...]
    """The days that it is cut at, in order."""
    pieces: Mapping[date, tuple[Moved, ...]]
    """What moved up to each of these days, from the one before it."""
    levels: Mapping[date, Mapping[str, MovementSums]]
    """What stood at the end of each of the days, by currency."""
    closing: Mapping[str, MovementSums]
    """By currency, at the end of the period."""

    @classmethod
    def read(cls, session: Session, filters: Filters) -> Ledger:
        days = tuple(sorted(set(_days_asked(filters))))
        found = movements_between(session, filters, days, "currency", "kind", "cause", "tag")
        pieces: dict[date, list[Moved]] = defaultdict(list)
        for (day, currency, kind, cause, tag), sums in found.items():
            pieces[day].append(Moved(currency, kind, cause, tag, sums))
        closing = stood_on(session, filters, filters.period.last, "currency")
        return cls(
            filters,
            days,
            {day: tuple(each) for day, each in pieces.items()},
            _levels(days, pieces),
            {currency: sums for (currency,), sums in closing.items()},
        )

    @property
    def currencies(self) -> tuple[str, ...]:
        """Every currency that anything ever moved in, the home currency first."""
        return in_order(self.levels[self.days[-1]])

    def at(self, day: date, currency: str | None = None) -> MovementSums:
        """What stood at the end of the day, of one currency or of all. Raises KeyError for a day that
        was not asked for."""
        level = self.levels[day]
        return sum(level.values(), NOTHING) if currency is None else level.get(currency, NOTHING)

    def moved(self, period: Period, currency: str | None = None) -> tuple[Moved, ...]:
        """All that moved in the period. Raises KeyError for one whose ends were not asked for."""
        assert self.levels.keys() >= {period.first - _DAY, period.last}
        begins, ends = bisect_left(self.days, period.first), bisect_right(self.days, period.last)
        pieces = (each for day in self.days[begins:ends] for each in self.pieces.get(day, ()))
        return tuple(each for each in pieces if currency is None or each.currency == currency)

    def steps(self, period: Period, currency: str | None = None) -> Steps:
        """From the end of the day before the period to its own end."""
        moved: dict[str, MovementSums] = {}
        for each in self.moved(period, currency):
            moved[each.kind] = moved.get(each.kind, NOTHING) + each.sums
        return Steps(self.at(period.first - _DAY, currency), moved, self._closing(period.last, currency))

    def _closing(self, day: date, currency: str | None) -> MovementSums:
        if day != self.filters.period.last:
            return self.at(day, currency)
        if currency is None:
            return sum(self.closing.values(), NOTHING)
        return self.closing.get(currency, NOTHING)


def monthly(annual: int, currency: str) -> Money:
    """A year's worth as a month's, rounded for showing."""
    return Money(round(Fraction(annual, MONTHS_A_YEAR)), currency)


def rate_window(day: date) -> Period:
    """The 30 days that end with it."""
    return Period(day - (_RATE_DAYS - 1) * _DAY, day)


def shown_months(period: Period) -> tuple[Period, ...]:
    """The twelve months that end with the period, or as many as it spans; the last only up to its end."""
    last = period.last.replace(day=1)
    spanned = (last.year - period.first.year) * 12 + last.month - period.first.month + 1
    firsts = [months_after(last, -number) for number in range(max(spanned, _LEAST_MONTHS))]
    return tuple(Period(first, min(whole_month(first).last, period.last)) for first in reversed(firsts))


def is_by_day(period: Period) -> bool:
    """Whether a line through the period has a point for every day; a longer one has month-ends."""
    return len(period) <= _FEW_DAYS


def points_of(period: Period) -> tuple[date, ...]:
    """The days whose level a line through the period shows; its last is always one."""
    if is_by_day(period):
        return tuple(period.days())
    return tuple(month.last for month in shown_months(period) if month.last in period)


def _levels(
    days: Sequence[date], pieces: Mapping[date, Sequence[Moved]]
) -> Mapping[date, Mapping[str, MovementSums]]:
    levels: dict[date, Mapping[str, MovementSums]] = {}
    level: dict[str, MovementSums] = {}
    for day in days:
        for each in pieces.get(day, ()):
            level[each.currency] = level.get(each.currency, NOTHING) + each.sums
        levels[day] = dict(level)
    return levels


def _days_asked(filters: Filters) -> Iterable[date]:
    """Every day whose end a figure of the page begins or ends with."""
    months = shown_months(filters.period)
    rated = [rate_window(day) for day in (filters.previous.last, *(month.last for month in months))]
    for period in (filters.period, filters.previous, *months, *rated):
        yield from (period.first - _DAY, period.last)
    yield from points_of(filters.period)
    # Within the periods, too: what is shown in euros is reckoned month by month.
    for period in (filters.period, filters.previous):
        month = whole_month(period.first)
        while month.last < period.last:
            yield month.last
            month = whole_month(month.last + _DAY)
