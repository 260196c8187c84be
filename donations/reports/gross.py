"""Gross by currency, by frequency and by day, each beside the period before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Final

from donations.domain.amounts import format_money
from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.domain.periods import Period
from donations.reports.definitions import COMPARED, DAYS, GROSS
from donations.reports.filters import Compare, Filters
from donations.reports.table import Behind, Chart, ChartKind, Column, ColumnKind, Row, RowsOf, Table
from donations.reports.takings import Takings
from donations.reports.words import FREQUENCY_NAMES, LOCALE, counted, on_day, sentence

_CURRENCY: Final = Column("currency", "Currency", ColumnKind.CURRENCY)
_COUNTS: Final = (
    Column("donations", "Donations", ColumnKind.COUNT),
    Column("donations_before", "Donations before", ColumnKind.COUNT),
)
_AMOUNTS: Final = (
    Column("gross", "Gross", ColumnKind.MONEY, definition=GROSS),
    Column("gross_before", "Gross before", ColumnKind.MONEY),
    Column("difference", "Difference", ColumnKind.MONEY, is_change=True),
)
_CHANGE: Final = Column("change", "Change", ColumnKind.PERCENT, is_change=True)


def by_currency(taken: Takings) -> Table:
    """One row a currency."""
    now = taken.tally(taken.filters.period, lambda row: row.currency)
    before = taken.tally(taken.filters.previous, lambda row: row.currency)
    rows = tuple((code, *_compared(code, now[code], before[code])) for code in taken.currencies)
    return Table(
        slug="gross-by-currency",
        title="Gross by currency",
        sentence=_total_sentence(taken),
        columns=(_CURRENCY, *_AMOUNTS, _CHANGE, *_COUNTS),
        rows=rows,
        definitions=(GROSS, COMPARED),
        behind=_both_periods(taken.filters, tuple({"currency": code} for code in taken.currencies)),
    )


def by_frequency(taken: Takings) -> Table:
    """One row for each currency and frequency."""
    now = taken.tally(taken.filters.period, lambda row: (row.currency, row.frequency))
    before = taken.tally(taken.filters.previous, lambda row: (row.currency, row.frequency))
    asked = tuple(Frequency) if taken.filters.frequency is None else (taken.filters.frequency,)
    rows = tuple(
        (code, FREQUENCY_NAMES[each], *_compared(code, now[code, each], before[code, each]))
        for code in taken.currencies
        for each in asked
    )
    said = [_strongest(code, {each: now[code, each][1] for each in asked}) for code in taken.currencies]
    return Table(
        slug="gross-by-frequency",
        title="Gross by frequency",
        sentence=" ".join(said),
        columns=(_CURRENCY, Column("frequency", "Frequency", ColumnKind.TEXT), *_AMOUNTS, _CHANGE, *_COUNTS),
        rows=rows,
        definitions=(GROSS, COMPARED),
        behind=_both_periods(
            taken.filters,
            tuple({"currency": code, "frequency": each} for code in taken.currencies for each in asked),
        ),
    )


def by_day(taken: Takings) -> tuple[Table, ...]:
    """One table a currency with a row for every day, also for those without a gift."""
    now = taken.tally(taken.filters.period, lambda row: (row.currency, row.day))
    before = taken.tally(taken.filters.previous, lambda row: (row.currency, row.day))
    return tuple(_days(code, taken.filters, now, before) for code in taken.currencies)


def _total_sentence(taken: Takings) -> str:
    now, before = (taken.given_in(period) for period in (taken.filters.period, taken.filters.previous))
    when = "In the days before" if taken.filters.compare is Compare.BEFORE else "A year before"
    return f"{sentence(now)} {when}: {before}."


def _days(
    code: str,
    filters: Filters,
    now: dict[tuple[str, date], tuple[int, int]],
    before: dict[tuple[str, date], tuple[int, int]],
) -> Table:
    rows = tuple(
        (
            day,
            code,
            Money(now[code, day][1], code) if day else None,
            now[code, day][0] if day else None,
            past,
            Money(before[code, past][1], code) if past else None,
        )
        for day, past in filters.pairs()
    )
    return Table(
        slug=f"gross-by-day-{code}",
        title=f"Gross by day, {code.upper()}",
        sentence=_best_day(
            {day: Money(now[code, day][1], code) for day in filters.period.days()}, len(filters.period)
        ),
        columns=(
            Column("day", "Day", ColumnKind.DAY),
            _CURRENCY,
            _AMOUNTS[0],
            _COUNTS[0],
            Column("day_before", "Compared with", ColumnKind.DAY),
            _AMOUNTS[1],
        ),
        rows=rows,
        definitions=(GROSS, DAYS, COMPARED),
        chart=Chart(ChartKind.BARS, "day", ("gross",)),
        behind={
            (number, key): Behind(RowsOf.DONATIONS, {"currency": code} | _dates(Period(day, day)))
            for number, (day, *_) in enumerate(rows)
            if day is not None
            for key in ("gross", "donations")
        },
    )


def _both_periods(filters: Filters, rows: tuple[dict[str, str], ...]) -> dict[tuple[int, str], Behind]:
    """The donations behind the figures of the period and of the one before, by what narrows each row."""
    spans = (("", filters.period), ("_before", filters.previous))
    return {
        (number, f"{key}{suffix}"): Behind(RowsOf.DONATIONS, words | _dates(period))
        for number, words in enumerate(rows)
        for suffix, period in spans
        for key in ("gross", "donations")
    }


def _dates(period: Period) -> dict[str, str]:
    return {"from": period.first.isoformat(), "to": period.last.isoformat()}


def _compared(code: str, now: tuple[int, int], before: tuple[int, int]) -> Row:
    change = Fraction(now[1] - before[1], before[1]) if before[1] else None
    return (
        Money(now[1], code),
        Money(before[1], code),
        Money(now[1] - before[1], code),
        change,
        now[0],
        before[0],
    )


def _strongest(code: str, by_frequency: dict[Frequency, int]) -> str:
    total, most = sum(by_frequency.values()), max(by_frequency.values())
    if not total:
        return f"Nothing was given in {code.upper()}."
    best = [each for each, amount in by_frequency.items() if amount == most]
    if len(best) > 1:
        return f"In {code.upper()}, no one frequency brought more than the others."
    parts = [format_money(Money(amount, code), LOCALE) for amount in (most, total)]
    return (
        f"In {code.upper()}, {FREQUENCY_NAMES[best[0]].lower()} gifts brought most: {parts[0]} of {parts[1]}."
    )


def _best_day(days: Mapping[date, Money], length: int) -> str:
    given = [(day, money) for day, money in days.items() if money.amount]
    if not given:
        return "Nothing was given on any of these days."
    day, most = max(given, key=lambda each: each[1].amount)
    return (
        f"Something was given on {counted(len(given), 'day')} of {length}; "
        f"the most in one day was {format_money(most, LOCALE)}, on {on_day(day)}."
    )
