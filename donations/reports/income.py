"""What was given and what was left of it, beside the period before; and when it was given."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Final

from donations.domain.money import Money
from donations.domain.periods import Period
from donations.reports.definitions import COMPARED, DAYS, GROSS, NET
from donations.reports.money_columns import (
    CURRENCY,
    DONATIONS,
    behind_both,
    behind_row,
    words_of_days,
)
from donations.reports.money_over_time import days_sentence
from donations.reports.sum_values import MoneySums
from donations.reports.table import Behind, Chart, ChartKind, Column, ColumnKind, Row, Table
from donations.reports.takings import (
    NOTHING,
    Takings,
    amounts_of,
    before_words,
    given,
    pending_sentence,
    shown,
)
from donations.reports.words import sentence

CHANGES: Final = (
    Column("difference", "Difference", ColumnKind.MONEY, is_change=True),
    Column("change", "Change", ColumnKind.PERCENT, is_change=True),
)
_GROSS: Final = Column("gross", "Gross", ColumnKind.MONEY, definition=GROSS)
_BOTH: Final = ("donations", "gross", "net")


def income_table(by_currency: Takings) -> Table:
    """One row a currency."""
    filters = by_currency.filters
    codes = shown((code for (code,) in by_currency.seen), filters)
    pending = pending_sentence(by_currency.now)
    return Table(
        slug="income",
        title="Given, and what was left",
        sentence=_income_sentence(by_currency),
        columns=(
            CURRENCY,
            Column("net", "Net", ColumnKind.MONEY, definition=NET),
            Column("net_before", "Net before", ColumnKind.MONEY),
            *CHANGES,
            _GROSS,
            Column("gross_before", "Gross before", ColumnKind.MONEY),
            DONATIONS,
            Column("donations_before", "Donations before", ColumnKind.COUNT),
        ),
        rows=tuple(_income_row(code, *by_currency.both(code)) for code in codes),
        notes=() if pending is None else (pending,),
        definitions=(GROSS, NET, COMPARED),
        behind={
            place: behind
            for number, code in enumerate(codes)
            for place, behind in behind_both(
                number, _BOTH, {"currency": code}, filters.period, filters.previous
            ).items()
        },
    )


def change_of(now: int, before: int) -> Fraction | None:
    """None where there was nothing, or less, to change from."""
    return Fraction(now - before, before) if before > 0 else None


def gross_by_day(by_day: Takings) -> Table:
    """Each day of the period beside the one that it is compared with, for each currency by itself."""
    filters = by_day.filters
    codes = shown((code for _, code in by_day.seen), filters)
    rows: list[Row] = []
    behind: dict[tuple[int, str], Behind] = {}
    for code in codes:
        for day, past in filters.pairs():
            behind |= _behind_day(len(rows), code, day, past)
            rows.append(_day_row(code, day, past, by_day))
    return Table(
        slug="gross-by-day",
        title="Gross by day",
        sentence=days_sentence(by_day.now, filters),
        columns=(
            Column("day", "Day", ColumnKind.DAY),
            CURRENCY,
            _GROSS,
            DONATIONS,
            Column("day_before", "Compared with", ColumnKind.DAY),
            Column("gross_before", "Gross before", ColumnKind.MONEY),
        ),
        rows=tuple(rows),
        definitions=(GROSS, DAYS, COMPARED),
        chart=Chart(ChartKind.BARS, "day", ("gross",)),
        behind=behind,
    )


def _income_row(code: str, now: MoneySums, before: MoneySums) -> Row:
    return (
        code,
        Money(now.net, code),
        Money(before.net, code),
        Money(now.net - before.net, code),
        change_of(now.net, before.net),
        Money(now.gross, code),
        Money(before.gross, code),
        now.donations,
        before.donations,
    )


def _income_sentence(by_currency: Takings) -> str:
    now, before = by_currency.now, by_currency.before
    left = amounts_of(now, lambda sums: sums.net)
    past = amounts_of(before, lambda sums: sums.net)
    return f"{sentence(given(now))} Net: {left}; {before_words(by_currency.filters)}: {past}."


def _day_row(code: str, day: date | None, past: date | None, by_day: Takings) -> Row:
    now = by_day.now.get((day, code), NOTHING)
    before = by_day.before.get((past, code), NOTHING)
    return (
        day,
        code,
        Money(now.gross, code) if day else None,
        now.donations if day else None,
        past,
        Money(before.gross, code) if past else None,
    )


def _behind_day(
    number: int, code: str, day: date | None, past: date | None
) -> Mapping[tuple[int, str], Behind]:
    behind: dict[tuple[int, str], Behind] = {}
    if day is not None:
        words = {"currency": code} | words_of_days(Period(day, day))
        behind |= behind_row(number, ("gross", "donations"), words)
    if past is not None:
        words = {"currency": code} | words_of_days(Period(past, past))
        behind |= behind_row(number, ("gross",), words, suffix="_before")
    return behind
