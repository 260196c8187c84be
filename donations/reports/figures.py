"""One figure of a report, found again by its name, so that its rows can be held against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from donations.domain.money import Money
from donations.reports.filters import Filter, Filters
from donations.reports.registry import REPORTS
from donations.reports.rows.page import RowsPage
from donations.reports.table import Behind, Cell, Column, Definition, Report, Row, Table


@dataclass(frozen=True, slots=True)
class Figure:
    """Where it stands, and what it was when we looked now."""

    report: Report
    table: Table
    row: Row
    column: Column
    behind: Behind

    @property
    def value(self) -> Cell:
        return self.row[self.table.index_of(self.column.key)]

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """Its formula; where the column has none of its own, those of its table."""
        return (self.column.definition,) if self.column.definition else self.table.definitions


def name_of(report: str, table: str, row: int, column: str) -> str:
    """`overview/gross-by-currency/0/gross`: where it stands, as one word of an address."""
    return f"{report}/{table}/{row}/{column}"


def find_figure(session: Session, name: str, filters: Filters) -> Figure | None:
    """The figure of that name in its report with these filters; None where there is none."""
    slug, _, place = name.partition("/")
    table_slug, _, place = place.partition("/")
    row, _, key = place.partition("/")
    entry = REPORTS.get(slug)
    if entry is None or not (row.isascii() and row.isdigit() and len(row) < 7):
        return None
    report = entry.run(session, filters)
    table = next((each for each in report.tables if each.slug == table_slug), None)
    behind = None if table is None else table.behind.get((int(row), key))
    if table is None or behind is None:
        return None
    return Figure(report, table, table.rows[int(row)], table.column(key), behind)


def adds_up(value: Cell, rows: RowsPage) -> bool | None:
    """Whether the rows come to the figure; None where it is no sum and no number of them.

    A report may write what takes away with a minus where the rows are counted without one.
    """
    if isinstance(value, Money):
        of_currency = _money(rows, value.currency)
        return None if of_currency is None else abs(of_currency) == abs(value.amount)
    if isinstance(value, int):
        numbers = [each for each in rows.total if isinstance(each, int)]
        return abs(value) == abs(sum(numbers) if numbers else rows.total_rows)
    return None


def _money(rows: RowsPage, currency: str) -> int | None:
    """What the rows come to in that currency; None where they are not summed in money."""
    if any(isinstance(each, int) for each in rows.total):
        return None
    return sum(each.amount for each in rows.total if isinstance(each, Money) and each.currency == currency)


def words_kept(page: Filters, applies: frozenset[Filter]) -> dict[str, str]:
    """The words of a page's filters that its figures follow: one that the report does not follow is left
    out for the rows too, or they would not be the figure's."""
    ignored = {str(each) for each in Filter if each not in applies and each is not Filter.PERIOD}
    return {name: word for name, word in page.words().items() if name not in ignored}


def narrowed(kept: Mapping[str, str], behind: Behind) -> dict[str, str]:
    """The words that ask for the rows of one figure, on a page that keeps these words."""
    words = {**kept, **behind.words}
    if behind.words.keys() & {"from", "to"}:
        words.pop("preset", None)
    return words


def words_behind(page: Filters, applies: frozenset[Filter], behind: Behind) -> dict[str, str]:
    """The words of an address that asks for the rows of a figure on a page with these filters."""
    return narrowed(words_kept(page, applies), behind)
