"""Reference rates: how much of a currency one euro was in a month.

Kept as a whole number of millionths, because a rate that a month's figures rest on must not depend
on how a database or a program rounds. A month that was published day by day has the mean of its days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final

from donations.domain.periods import whole_month

HOME_CURRENCY: Final = "eur"
MILLIONTHS: Final = 10**6
_FRIDAY: Final = 4
_MOST_HOLIDAYS: Final = 4
"""A month has at most so many days off beside its weekends: Easter's two, Christmas's two, 1 May."""
_EXACT: Final = Context(prec=60, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class MonthRate:
    """One month's rate of one currency. Raises ValueError for a rate of nothing."""

    month: date
    """Its first day."""
    currency: str
    per_euro: int
    """Millionths of the currency's unit (dollars, not cents) that one euro was."""
    days: int | None = None
    """Of how many days it is the mean; None where the month's own rate was published."""

    def __post_init__(self) -> None:
        if self.per_euro <= 0 or self.month.day != 1:
            raise ValueError(f"{self.per_euro} is no rate of the month {self.month}")

    @property
    def lacks_days(self) -> bool:
        """Whether it is the mean of fewer days than the month had rates."""
        return self.days is not None and self.days < weekdays_of(self.month) - _MOST_HOLIDAYS


def month_of(day: date) -> date:
    """A month is named by its first day."""
    return day.replace(day=1)


def weekdays_of(month: date) -> int:
    return sum(day.weekday() <= _FRIDAY for day in whole_month(month).days())


def in_millionths(rate: Decimal) -> int:
    """Rounded half to even; 0 for what is less than half a millionth."""
    return int(_EXACT.to_integral_value(_EXACT.scaleb(rate, 6)))


def written_rate(per_euro: int) -> str:
    """`1.090524`, `161.340000`: with all its decimals, so that rates stand under each other."""
    return f"{_EXACT.scaleb(Decimal(per_euro), -6):f}"


def month_means(days: Iterable[tuple[date, str, Decimal]]) -> tuple[MonthRate, ...]:
    """The mean of each month and currency, in their order. Raises ValueError for a mean of nothing."""
    found: dict[tuple[date, str], list[Decimal]] = defaultdict(list)
    for day, currency, rate in days:
        found[month_of(day), currency].append(rate)
    return tuple(
        MonthRate(month, currency, in_millionths(_mean(rates)), len(rates))
        for (month, currency), rates in sorted(found.items())
    )


def _mean(rates: list[Decimal]) -> Decimal:
    # Sixty digits hold any sum of a month's rates exactly, so that nothing is rounded twice.
    total = Decimal(0)
    for rate in rates:
        total = _EXACT.add(total, rate)
    return _EXACT.divide(total, Decimal(len(rates)))
