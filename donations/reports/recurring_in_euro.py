"""Recurring revenue of all currencies in euros, month by month, with what exchange rates did to it.

A month opens with what the month before closed with, at that month's rate; its movements count at its
own rate, and so does its close. What remains between the two is FX: it moved no gift.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from donations.domain.money import Money
from donations.domain.movements import MONTHS_A_YEAR, MovementKind
from donations.domain.periods import whole_month
from donations.domain.rates import month_of
from donations.reports.consolidated import NOTHING, InEuro, Rates
from donations.reports.table import Definition

FX: Final = Definition(
    "FX",
    "Closing − opening − the sum of all movements, in euros. A month opens at the rate of the month before "
    "and closes at its own; its movements are at its own rate. No gift changed by it.",
)


@dataclass(frozen=True, slots=True)
class MonthMoved:
    """The movements of one month, currency and kind: a year's worth in minor units, with their sign."""

    month: date
    """Any day of it."""
    kind: MovementKind
    annual: Money


@dataclass(frozen=True, slots=True)
class EuroMonth:
    """Monthly recurring revenue (MRR) through one month, in euros.

    opening + Σ movements + fx = closing, exactly, wherever no rate is missing.
    """

    month: date
    """Its first day."""
    opening: InEuro
    movements: Mapping[MovementKind, InEuro]
    """Each with its sign: what was churned is less than nothing."""
    fx: InEuro
    closing: InEuro

    @property
    def figures(self) -> tuple[InEuro, ...]:
        return (self.opening, *self.movements.values(), self.fx, self.closing)


def mrr_in_euro(
    rates: Rates, first: date, last: date, opening: Mapping[str, int], moved: Iterable[MonthMoved]
) -> tuple[EuroMonth, ...]:
    """Each month from that of `first` to that of `last`.

    `opening` is what the ledger had by currency when the first month began: a year's worth in minor
    units. What moved in other months is left aside.
    """
    found: dict[date, list[MonthMoved]] = {}
    for each in moved:
        found.setdefault(month_of(each.month), []).append(each)
    annual, months = dict(opening), list[EuroMonth]()
    for month in _months(first, last):
        before, mine = dict(annual), found.get(month, [])
        for each in mine:
            annual[each.annual.currency] = annual.get(each.annual.currency, 0) + each.annual.amount
        months.append(_month(rates, month, before, mine, annual))
    return tuple(months)


def _month(
    rates: Rates,
    month: date,
    before: Mapping[str, int],
    moved: Iterable[MonthMoved],
    after: Mapping[str, int],
) -> EuroMonth:
    opening, closing = _monthly(rates, before, month - timedelta(days=1)), _monthly(rates, after, month)
    movements = dict.fromkeys(MovementKind, NOTHING)
    for each in moved:
        movements[each.kind] += rates.convert(each.annual, month) / MONTHS_A_YEAR
    fx = closing - opening - sum(movements.values(), NOTHING)
    return EuroMonth(month, opening, movements, fx, closing)


def _monthly(rates: Rates, annual: Mapping[str, int], month: date) -> InEuro:
    parts = ((Money(amount, currency), month) for currency, amount in annual.items())
    return rates.total(parts) / MONTHS_A_YEAR


def _months(first: date, last: date) -> Iterable[date]:
    month = month_of(first)
    while month <= last:
        yield month
        month = whole_month(month).last + timedelta(days=1)
