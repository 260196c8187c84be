"""Figures of several currencies as one sum in euros, at the reference rate of each month.

Exact fractions of a cent: rounding is left to whoever shows them. Nothing is invented: a figure that
needs a rate which nobody uploaded is left out, and a note names the month and the currency.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.currencies import exponent_of
from donations.domain.money import Money
from donations.domain.rates import HOME_CURRENCY, MILLIONTHS, month_of
from donations.models import ReferenceRate
from donations.reports.table import Definition
from donations.reports.words import listed

CONSOLIDATED: Final = Definition(
    "In euros",
    "Each amount at the reference rate of its month, from the table of the European Central Bank that was "
    "uploaded; a month that was published day by day has the mean of its days. Euros are not converted. "
    "Added exactly, rounded only when shown. What has no rate yet is left out and named.",
)

_CENTS: Final = 10 ** exponent_of(HOME_CURRENCY)


@dataclass(frozen=True, slots=True, order=True)
class MissingRate:
    """A rate that a figure needed and that nobody uploaded by then. `month` is its first day."""

    month: date
    currency: str


@dataclass(frozen=True, slots=True)
class InEuro:
    """A sum in cents; None where a rate is missing, for a part of a sum looks like a sum."""

    cents: Fraction | None
    missing: frozenset[MissingRate] = frozenset()

    def __add__(self, other: InEuro) -> InEuro:
        return self._with(other, 1)

    def __sub__(self, other: InEuro) -> InEuro:
        return self._with(other, -1)

    def __truediv__(self, parts: int) -> InEuro:
        return InEuro(None if self.cents is None else self.cents / parts, self.missing)

    def rounded(self) -> Money | None:
        """Half to even, for showing."""
        return None if self.cents is None else Money(round(self.cents), HOME_CURRENCY)

    def _with(self, other: InEuro, sign: int) -> InEuro:
        missing = self.missing | other.missing
        if self.cents is None or other.cents is None:
            return InEuro(None, missing)
        return InEuro(self.cents + sign * other.cents, missing)


NOTHING: Final = InEuro(Fraction(0))


@dataclass(frozen=True, slots=True)
class Rates:
    """Every rate that was known on one day: read once a run."""

    per_euro: Mapping[tuple[date, str], int]
    """Millionths of a currency's unit by month (its first day) and currency."""

    @classmethod
    def read(cls, session: Session, known_on: date | None = None) -> Rates:
        """The newest of each month and currency that had been stored by the end of `known_on`."""
        query = select(ReferenceRate.month, ReferenceRate.currency, ReferenceRate.per_euro)
        if known_on is not None:
            query = query.where(ReferenceRate.recorded_on <= known_on)
        rows = session.execute(query.order_by(ReferenceRate.version))
        return cls({(month, currency): per_euro for month, currency, per_euro in rows})

    def in_euro(self, money: Money, month: date) -> Fraction | None:
        """In cents, exact; None without a rate of the month that `month`, any day of it, stands in."""
        if money.currency == HOME_CURRENCY or not money.amount:
            return Fraction(money.amount)
        rate = self.per_euro.get((month_of(month), money.currency))
        if rate is None:
            return None
        return Fraction(money.amount * _CENTS * MILLIONTHS, rate * 10 ** exponent_of(money.currency))

    def convert(self, money: Money, month: date) -> InEuro:
        """The same, with the name of the rate that is missing."""
        cents = self.in_euro(money, month)
        if cents is None:
            return InEuro(None, frozenset({MissingRate(month_of(month), money.currency)}))
        return InEuro(cents)

    def total(self, parts: Iterable[tuple[Money, date]]) -> InEuro:
        """Amounts, each with a day of its month, as one sum."""
        return sum((self.convert(money, month) for money, month in parts), NOTHING)


def missing_note(figures: Iterable[InEuro]) -> str | None:
    """A sentence for a table's notes that names every rate that its figures lack; None for none."""
    missing = {each for figure in figures for each in figure.missing}
    by_month: dict[date, list[str]] = {}
    for each in sorted(missing):
        by_month.setdefault(each.month, []).append(each.currency.upper())
    if not by_month:
        return None
    named = listed(f"{', '.join(codes)} in {month:%B %Y}" for month, codes in by_month.items())
    return f"Figures in euros that need a reference rate of {named} are left out: none was uploaded."
