"""The two figures that matter most, of all currencies in euros."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from donations.domain.amounts import format_money
from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.domain.movements import MONTHS_A_YEAR
from donations.domain.rates import HOME_CURRENCY
from donations.reports.consolidated import CONSOLIDATED, InEuro, Rates
from donations.reports.definitions import COMPARED, MRR, NET
from donations.reports.income import CHANGES
from donations.reports.money_columns import CURRENCY
from donations.reports.money_in_euro import RATE_IS_MISSING, compared, is_worth_it, net_in_euro, notes_of
from donations.reports.recurring import Recurring
from donations.reports.sum_values import MovementSums
from donations.reports.sums import Key
from donations.reports.table import Column, ColumnKind, Row, Table
from donations.reports.takings import Takings
from donations.reports.words import LOCALE, listed


def overview_in_euro(session: Session, by_month: Takings, recurring: Recurring) -> tuple[Table, ...]:
    """Left out where all is in euros anyway."""
    if not is_worth_it(recurring.given_in | {code for _, code in by_month.seen}):
        return ()
    filters = by_month.filters
    rates = Rates.read(session, filters.known_on)
    net = net_in_euro(by_month.now, rates), net_in_euro(by_month.before, rates)
    mrr = (
        mrr_in_euro(recurring.now, rates, filters.period.last),
        mrr_in_euro(recurring.before, rates, filters.previous.last),
    )
    # One-time gifts recur in no month.
    is_recurring = filters.frequency is not Frequency.ONCE
    figures = {"Net": net} | ({"MRR": mrr} if is_recurring else {})
    return (
        Table(
            slug="in-euro",
            title="All currencies in euros",
            sentence=_sentence({name: now.rounded() for name, (now, _) in figures.items()}),
            columns=(
                Column("figure", "Figure", ColumnKind.TEXT),
                CURRENCY,
                Column("now", "Now", ColumnKind.MONEY),
                Column("before", "Before", ColumnKind.MONEY),
                *CHANGES,
            ),
            rows=tuple(_row(name, each) for name, each in figures.items()),
            notes=notes_of(each for both in figures.values() for each in both),
            definitions=(CONSOLIDATED, NET, MRR, COMPARED),
        ),
    )


def mrr_in_euro(stood: Mapping[Key, MovementSums], rates: Rates, day: date) -> InEuro:
    """What stood on a day, at the rate of its month. Exact."""
    parts = ((Money(sums.annual, code), day) for (code,), sums in stood.items())
    return rates.total(parts) / MONTHS_A_YEAR


def _row(name: str, figures: tuple[InEuro, InEuro]) -> Row:
    now, before = (each.rounded() for each in figures)
    return (name, HOME_CURRENCY, now, before, *compared(now, before))


def _sentence(figures: Mapping[str, Money | None]) -> str:
    if all(money is None for money in figures.values()):
        return RATE_IS_MISSING
    known = [
        f"{name} {'not known' if money is None else format_money(money, LOCALE)}"
        for name, money in figures.items()
    ]
    return f"All currencies together: {listed(known)}."
