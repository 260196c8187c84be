"""What was taken: successful payments summed by day, currency and frequency, in one query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.domain.periods import Period
from donations.models import Donation
from donations.reports.filters import Filters
from donations.reports.words import amounts, counted

HOME_CURRENCY: Final = "eur"
"""What the newspaper keeps its books in: shown when there is nothing to show."""

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Taken:
    """The payments of one day, currency and frequency together. `amount` is in minor units."""

    day: date
    currency: str
    frequency: Frequency
    donations: int
    amount: int


@dataclass(frozen=True, slots=True)
class Takings:
    """All of a period and of the one before it."""

    filters: Filters
    rows: tuple[Taken, ...]

    @property
    def currencies(self) -> tuple[str, ...]:
        """Those that were taken in either period, the home currency first; never none."""
        seen = {row.currency for row in self.rows} or {self.filters.currency or HOME_CURRENCY}
        return tuple(sorted(seen, key=lambda code: (code != HOME_CURRENCY, code)))

    def tally(self, period: Period, key: Callable[[Taken], Key]) -> dict[Key, tuple[int, int]]:
        """How many and how much by `key`; zero for what is not there."""
        found: dict[Key, tuple[int, int]] = defaultdict(lambda: (0, 0))
        for row in self.rows:
            if row.day in period:
                donations, amount = found[key(row)]
                found[key(row)] = donations + row.donations, amount + row.amount
        return found

    def has_any_in(self, period: Period) -> bool:
        return any(row.day in period for row in self.rows)

    def given_in(self, period: Period) -> str:
        """`€10 and $20 in 3 donations`, `no donations`."""
        tally = self.tally(period, lambda row: row.currency)
        donations = sum(each for each, _ in tally.values())
        if not donations:
            return "no donations"
        given = amounts(Money(tally[code][1], code) for code in self.currencies)
        return f"{given} in {counted(donations, 'donation')}"


def takings(session: Session, filters: Filters) -> Takings:
    """One query for both periods. Its cost grows with the days shown."""
    periods = (filters.period, filters.previous)
    in_either = [Donation.charged_on.between(each.first, each.last) for each in periods]
    query = (
        select(
            Donation.charged_on,
            Donation.currency,
            Donation.frequency,
            func.count(),
            func.sum(Donation.amount),
        )
        .where(or_(*in_either))
        .group_by(Donation.charged_on, Donation.currency, Donation.frequency)
    )
    if filters.currency is not None:
        query = query.where(Donation.currency == filters.currency)
    if filters.frequency is not None:
        query = query.where(Donation.frequency == filters.frequency)
    # PostgreSQL sums 64-bit integers to a Decimal.
    return Takings(filters, tuple(Taken(*row[:4], int(row[4])) for row in session.execute(query)))
