"""Recurring revenue through the period, as a line: day by day, or month-end by month-end if it is long."""

from __future__ import annotations

from datetime import date
from typing import Final

from donations.domain.amounts import format_money
from donations.domain.money import Money
from donations.reports.definitions import ACTIVE, MRR
from donations.reports.movement_definitions import GIFTS
from donations.reports.movement_figures import behind_level, counts_people, cut_notes, people_of, standing
from donations.reports.recurring_ledger import Ledger, is_by_day, monthly, points_of
from donations.reports.table import Behind, Chart, ChartKind, Column, ColumnKind, Row, Table
from donations.reports.words import LOCALE, on_day

_NOTHING: Final = "No recurring gift has counted yet, so there is no line to draw."


def line_table(ledger: Ledger) -> Table:
    """One row for each currency and day; currencies below each other."""
    filters, days = ledger.filters, points_of(ledger.filters.period)
    rows: list[Row] = []
    behind: dict[tuple[int, str], Behind] = {}
    shown = ("mrr", "supporters", "gifts") if counts_people(filters) else ("mrr", "gifts")
    for code in ledger.currencies:
        for day in days:
            sums = ledger.at(day, code)
            for summed in shown:
                behind[len(rows), summed] = behind_level(day, summed, currency=code)
            people = people_of(sums, filters, code)
            rows.append((day, code, monthly(sums.annual, code), people, sums.gifts))
    columns = (
        Column("day", "At the end of", ColumnKind.DAY),
        Column("currency", "Currency", ColumnKind.CURRENCY),
        Column("mrr", "MRR", ColumnKind.MONEY, definition=MRR),
        Column("supporters", "Supporters", ColumnKind.COUNT, definition=ACTIVE),
        Column("gifts", "Recurring gifts", ColumnKind.COUNT, definition=GIFTS),
    )
    return Table(
        slug="mrr",
        title="MRR, day by day" if is_by_day(filters.period) else "MRR at month-ends",
        sentence=_sentence(ledger, days),
        columns=columns,
        rows=tuple(rows),
        notes=cut_notes(filters),
        definitions=(MRR, ACTIVE, GIFTS),
        chart=Chart(ChartKind.LINE, "day", ("mrr",)),
        behind=standing(columns, rows, behind),
    )


def _sentence(ledger: Ledger, days: tuple[date, ...]) -> str:
    if not ledger.currencies:
        return _NOTHING
    return " ".join(_range(ledger, days, code) for code in ledger.currencies)


def _range(ledger: Ledger, days: tuple[date, ...], code: str) -> str:
    """Where the line of one currency runs."""
    by_amount = [(monthly(ledger.at(day, code).annual, code).amount, day) for day in days]
    (least, low), (most, high) = min(by_amount), max(by_amount)
    lowest, highest = (format_money(Money(amount, code), LOCALE) for amount in (least, most))
    if least == most:
        return f"In {code.upper()} it stood at {highest} throughout."
    return (
        f"In {code.upper()} it was lowest at {lowest}, on {on_day(low)}, and highest at {highest}, on "
        f"{on_day(high)}."
    )
