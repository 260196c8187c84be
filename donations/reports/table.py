"""A report as a value. Page, CSV and print are drawn from the same `Table`, so they cannot disagree.

Cells are typed, not text: money is `Money`, a share is an exact fraction. Rounding and writing are
left to whoever draws. A row that holds money names its currency and holds no other, because
amounts of two currencies beside each other invite a sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from donations.domain.money import Money


class ColumnKind(StrEnum):
    TEXT = "text"
    DAY = "day"
    CURRENCY = "currency"
    MONEY = "money"
    COUNT = "count"
    PERCENT = "percent"

    @property
    def is_numeric(self) -> bool:
        return self in {ColumnKind.MONEY, ColumnKind.COUNT, ColumnKind.PERCENT}


Cell = str | date | Money | int | Fraction | None
"""None is a figure that does not exist, such as the change from nothing. 12 % is a Fraction of 12/100."""
Row = tuple[Cell, ...]

_TYPES: dict[ColumnKind, type[str] | type[date] | type[Money] | type[int] | type[Fraction]] = {
    ColumnKind.TEXT: str,
    ColumnKind.DAY: date,
    ColumnKind.CURRENCY: str,
    ColumnKind.MONEY: Money,
    ColumnKind.COUNT: int,
    ColumnKind.PERCENT: Fraction,
}


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    label: str
    kind: ColumnKind
    is_change: bool = False
    """Whether more than nothing is written with its sign."""


@dataclass(frozen=True, slots=True)
class Definition:
    """What a figure means, shown beside it and in every export."""

    term: str
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """One section of a report. Raises ValueError for rows that do not fit their columns."""

    slug: str
    title: str
    sentence: str
    """What the figures say, in plain words; true also when there are none."""
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    definitions: tuple[Definition, ...] = ()
    drawn: str | None = None
    """The key of the column that the page draws as bars, too."""

    def __post_init__(self) -> None:
        kinds = tuple(column.kind for column in self.columns)
        if ColumnKind.MONEY in kinds and ColumnKind.CURRENCY not in kinds:
            raise ValueError(f"the table {self.slug!r} shows money without naming its currency")
        for row in self.rows:
            _check(self.slug, kinds, row)

    def index_of(self, key: str) -> int:
        """The position of a column."""
        return [column.key for column in self.columns].index(key)

    def values(self, key: str) -> tuple[Cell, ...]:
        """One column, from the first row to the last."""
        position = self.index_of(key)
        return tuple(row[position] for row in self.rows)


@dataclass(frozen=True, slots=True)
class Report:
    """What one run of a report found."""

    slug: str
    title: str
    summary: str
    facts: tuple[tuple[str, str], ...]
    """What was asked: period, comparison, filters, the moment it was reckoned at."""
    tables: tuple[Table, ...]


def _check(slug: str, kinds: tuple[ColumnKind, ...], row: Row) -> None:
    if len(row) != len(kinds):
        raise ValueError(f"a row of the table {slug!r} has {len(row)} cells for {len(kinds)} columns")
    for kind, cell in zip(kinds, row, strict=True):
        if cell is not None and not isinstance(cell, _TYPES[kind]):
            raise ValueError(f"the table {slug!r} has {cell!r} where a {kind} belongs")
    named = {cell for kind, cell in zip(kinds, row, strict=True) if kind is ColumnKind.CURRENCY}
    if any(isinstance(cell, Money) and cell.currency not in named for cell in row):
        raise ValueError(f"the table {slug!r} has money of another currency than its row names")
