"""From gross to net by day and by month, for each currency by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final

from donations.domain.amounts import format_money
from donations.domain.money import Money
from donations.domain.periods import Period, whole_month
from donations.domain.rates import month_of
from donations.reports.currency_order import in_order
from donations.reports.definitions import DAYS, GROSS, MONTHS, NET
from donations.reports.filters import Filters
from donations.reports.money_columns import (
    CURRENCY,
    DONATIONS,
    FIGURES,
    PARTS,
    behind_row,
    figures,
    words_of_days,
)
from donations.reports.sum_values import MoneySums
from donations.reports.sums import Key
from donations.reports.table import Behind, Chart, ChartKind, Column, ColumnKind, Row, Table
from donations.reports.takings import NOTHING, shown
from donations.reports.words import LOCALE, counted, listed, on_day

MOST_DAYS: Final = 92
"""Of a table by day; a longer one helps nobody, and months tell more."""
_EDGES: Final = "The first and the last month hold only the days that were asked for."


def is_by_day(filters: Filters) -> bool:
    return len(filters.period) <= MOST_DAYS


def money_by_day(by_day: Mapping[Key, MoneySums], filters: Filters) -> Table:
    """A row for every day and currency, also for days without anything."""
    codes = _codes(by_day, filters)
    rows: list[Row] = []
    behind: dict[tuple[int, str], Behind] = {}
    for code in codes:
        for day in filters.period.days():
            words = {"currency": code} | words_of_days(Period(day, day))
            behind |= behind_row(len(rows), FIGURES, words)
            rows.append((day, code, *figures(by_day.get((day, code), NOTHING), code)))
    return Table(
        slug="by-day",
        title="By day",
        sentence=days_sentence(by_day, filters),
        columns=(Column("day", "Day", ColumnKind.DAY), CURRENCY, DONATIONS, *PARTS),
        rows=tuple(rows),
        definitions=(GROSS, NET, DAYS),
        chart=Chart(ChartKind.LINE, "day", ("gross", "net")),
        behind=behind,
    )


def money_by_month(by_month: Mapping[Key, MoneySums], filters: Filters) -> Table:
    """A row for every month that the period touches, and currency."""
    codes = _codes(by_month, filters)
    rows: list[Row] = []
    behind: dict[tuple[int, str], Behind] = {}
    for code in codes:
        for span in months_of(filters.period):
            behind |= behind_row(len(rows), FIGURES, {"currency": code} | words_of_days(span))
            sums = by_month.get((month_of(span.first), code), NOTHING)
            rows.append((month_name(span.first), code, *figures(sums, code)))
    return Table(
        slug="by-month",
        title="By month",
        sentence=_months_sentence(by_month, filters),
        columns=(Column("month", "Month", ColumnKind.TEXT), CURRENCY, DONATIONS, *PARTS),
        rows=tuple(rows),
        notes=(_EDGES,),
        definitions=(GROSS, NET, MONTHS),
        chart=Chart(ChartKind.BARS, "month", ("gross", "net")),
        behind=behind,
    )


def months_of(period: Period) -> tuple[Period, ...]:
    """The days of the period in each month that it touches."""
    found: list[Period] = []
    first = period.first
    while first <= period.last:
        last = min(whole_month(first).last, period.last)
        found.append(Period(first, last))
        first = last + timedelta(days=1)
    return tuple(found)


def month_name(month: date) -> str:
    """`November 2026`."""
    return f"{month:%B %Y}"


def days_sentence(by_day: Mapping[Key, MoneySums], filters: Filters) -> str:
    """On how many days something was given, and the best of them."""
    gave, days = {day for (day, _), sums in by_day.items() if sums.donations}, len(filters.period)
    if not gave:
        return "Nothing was given on any of these days."
    best = _best_of(by_day, lambda day: f"on {on_day(day)}")
    if days == 1:
        return best
    on = f"each of the {days} days" if len(gave) == days else f"{counted(len(gave), 'day')} of {days}"
    return f"Something was given on {on}. {best}"


def _codes(found: Mapping[Key, MoneySums], filters: Filters) -> tuple[str, ...]:
    return shown((code for (_, code), sums in found.items() if sums != NOTHING), filters)


def _months_sentence(by_month: Mapping[Key, MoneySums], filters: Filters) -> str:
    months = months_of(filters.period)
    if not any(sums.donations for sums in by_month.values()):
        return "Nothing was given in any of these months."
    if len(months) == 1:
        return f"All these days are of {month_name(months[0].first)}."
    return _best_of(by_month, lambda month: f"in {month_name(month)}")


def _best_of(found: Mapping[Key, MoneySums], name: Callable[[date], str]) -> str:
    """The day or month that brought most, of each currency; the first of those that brought as much."""
    best: dict[str, list[str]] = {}
    for code in in_order(code for (_, code), sums in found.items() if sums.gross):
        gross = {day: sums.gross for (day, of), sums in found.items() if of == code}
        day = min(gross, key=lambda each: (-gross[each], each))
        best.setdefault(name(day), []).append(format_money(Money(gross[day], code), LOCALE))
    if len(best) == 1:
        ((when, amounts),) = best.items()
        return f"Most was given {when}: {listed(amounts)}."
    return f"Most was given {listed(f'{when} ({listed(amounts)})' for when, amounts in best.items())}."
