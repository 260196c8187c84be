"""Recurring revenue at a moment: who gives regularly, and what that is a month.

The ledger of movements is not read here yet. A moment in the past is reckoned from today's rows: a
gift that had been paid by then and had not ended, at today's amount; one that is paused or unpaid
today is left out of both moments, so that the difference shows what began and what ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from donations.domain.money import Money
from donations.domain.standing import IN_MRR
from donations.models import Subscription
from donations.reports.definitions import ACTIVE, COMPARED, MRR
from donations.reports.filters import Filters
from donations.reports.table import Column, ColumnKind, Table
from donations.reports.takings import HOME_CURRENCY
from donations.reports.words import amounts, counted

_HISTORY_NOTE: Final = (
    "The figure before is reckoned from today's subscriptions: those that had been paid by then and had not "
    "ended, at today's amounts. What is paused or unpaid today is in neither figure."
)


@dataclass(frozen=True, slots=True)
class Recurring:
    """The recurring gifts at one moment. `monthly` is exact, in minor units, by currency."""

    supporters: int
    subscriptions: dict[str, int]
    monthly: dict[str, Fraction]

    def mrr(self, currency: str) -> Money:
        """Rounded, for showing."""
        return Money(round(self.monthly.get(currency, Fraction(0))), currency)


def recurring_at(session: Session, moment: datetime, filters: Filters) -> Recurring:
    """Summed by the database; only the division by twelve is done here, where it is exact."""
    counted_in = _counts_at(moment, filters)
    sums = session.execute(
        select(Subscription.currency, Subscription.frequency, func.count(), func.sum(Subscription.amount))
        .where(counted_in)
        .group_by(Subscription.currency, Subscription.frequency)
    )
    subscriptions: dict[str, int] = {}
    monthly: dict[str, Fraction] = {}
    for currency, frequency, number, amount in sums:
        subscriptions[currency] = subscriptions.get(currency, 0) + number
        monthly[currency] = monthly.get(currency, Fraction(0)) + Fraction(int(amount), frequency.months)
    supporters = session.scalar(select(func.count(Subscription.supporter_id.distinct())).where(counted_in))
    return Recurring(supporters or 0, subscriptions, monthly)


def supporters_table(now: Recurring, before: Recurring, filters: Filters) -> Table:
    """How many people give regularly."""
    return Table(
        slug="active-recurring-supporters",
        title="Active recurring supporters",
        sentence=_supporters_sentence(now.supporters, before.supporters, filters),
        columns=(
            Column("supporters", "Supporters", ColumnKind.COUNT),
            Column("supporters_before", "Supporters before", ColumnKind.COUNT),
            Column("difference", "Difference", ColumnKind.COUNT, is_change=True),
        ),
        rows=((now.supporters, before.supporters, now.supporters - before.supporters),),
        notes=(_HISTORY_NOTE,),
        definitions=(ACTIVE, COMPARED),
    )


def mrr_table(now: Recurring, before: Recurring, filters: Filters) -> Table:
    """One row a currency. The difference is that of the two figures shown, so that the row adds up."""
    currencies = sorted({*now.monthly, *before.monthly} or {filters.currency or HOME_CURRENCY})
    rows = tuple(
        (
            code,
            now.mrr(code),
            before.mrr(code),
            now.mrr(code) - before.mrr(code),
            now.subscriptions.get(code, 0),
            before.subscriptions.get(code, 0),
        )
        for code in sorted(currencies, key=lambda code: code != HOME_CURRENCY)
    )
    return Table(
        slug="mrr",
        title="Monthly recurring revenue (MRR)",
        sentence=_mrr_sentence(now, before, filters),
        columns=(
            Column("currency", "Currency", ColumnKind.CURRENCY),
            Column("mrr", "MRR", ColumnKind.MONEY),
            Column("mrr_before", "MRR before", ColumnKind.MONEY),
            Column("difference", "Difference", ColumnKind.MONEY, is_change=True),
            Column("gifts", "Recurring gifts", ColumnKind.COUNT),
            Column("gifts_before", "Gifts before", ColumnKind.COUNT),
        ),
        rows=rows,
        notes=(_HISTORY_NOTE,),
        definitions=(MRR, COMPARED),
    )


def _counts_at(moment: datetime, filters: Filters) -> ColumnElement[bool]:
    """`standing.counts_toward_mrr` in the database's words, for any moment."""
    lasting = and_(
        Subscription.ended_at.is_(None),
        Subscription.standing.in_(IN_MRR),
        Subscription.is_collection_paused.is_(False),
    )
    conditions = [
        Subscription.first_paid_at <= moment,
        or_(lasting, Subscription.ended_at > moment),
    ]
    if filters.currency is not None:
        conditions.append(Subscription.currency == filters.currency)
    if filters.frequency is not None:
        conditions.append(Subscription.frequency == filters.frequency)
    return and_(*conditions)


def _supporters_sentence(now: int, before: int, filters: Filters) -> str:
    if now == before:
        return f"{regular_givers(now, filters)}, as many as before."
    more = "more" if now > before else "fewer"
    return f"{regular_givers(now, filters)}, {abs(now - before):,} {more} than before."


def regular_givers(number: int, filters: Filters) -> str:
    """`12 supporters give regularly`, or what was so when the period ended."""
    people = counted(number, "supporter") if number else "nobody"
    if filters.is_over:
        return f"When the period ended, {people} gave regularly"
    verb = "gives" if number < 2 else "give"
    return f"{people[:1].upper()}{people[1:]} {verb} regularly"


def monthly_amounts(recurring: Recurring) -> str:
    """Each currency's MRR as shown; `nothing` for none."""
    return amounts(recurring.mrr(code) for code in sorted(recurring.monthly))


def _mrr_sentence(now: Recurring, before: Recurring, filters: Filters) -> str:
    verb = "brought" if filters.is_over else "bring"
    return f"Recurring gifts {verb} {monthly_amounts(now)} a month. Before: {monthly_amounts(before)}."
