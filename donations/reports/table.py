"""A report as a value. Page, chart, CSV and print are drawn from the same `Table`, so they cannot
disagree.

Cells are typed, not text: money is `Money`, a share is an exact fraction. Rounding and writing are
left to whoever draws. A row that holds money names its currency and holds no other, because
amounts of two currencies beside each other invite a sum.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    SUPPORTER = "supporter"
    """The reference of one, which whoever draws makes a link to the record."""

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
    ColumnKind.SUPPORTER: str,
}


@dataclass(frozen=True, slots=True)
class Definition:
    """What a figure means, shown beside it and in every export."""

    term: str
    text: str


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    label: str
    kind: ColumnKind
    is_change: bool = False
    """Whether more than nothing is written with its sign."""
    definition: Definition | None = None
    """The formula of the figures that stand in it."""


class ChartKind(StrEnum):
    LINE = "line"
    BARS = "bars"
    """Side by side."""
    STACKED = "stacked"
    """On top of each other; what is less than nothing hangs below the line."""
    WATERFALL = "waterfall"
    """From a level by steps to a level. With one series, the rows are the steps, the first and the last
    of them the levels. With several, the series are, and each row is a waterfall of its own."""
    HEAT = "heat"
    """The table itself, its cells the darker the more they hold."""


@dataclass(frozen=True, slots=True)
class Chart:
    """How a table is drawn, too: from its very rows. Each currency gets a drawing for itself."""

    kind: ChartKind
    x: str
    """The key of the column that names the places along the line."""
    series: tuple[str, ...]
    """The keys of the columns that are drawn: all of money, all of numbers, or all of shares."""
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    """Shorter names for series than their columns have."""


class RowsOf(StrEnum):
    """What the rows behind a figure are, as addresses name it."""

    DONATIONS = "donations"
    ADJUSTMENTS = "adjustments"
    """What took away from donations: refunds and lost disputes."""
    ENTRIES = "entries"
    """Gifts, fees, refunds and lost disputes, each a line with its sign: what net is made of."""
    MOVEMENTS = "movements"
    FAILURES = "failures"
    """Payments of recurring gifts that did not go through at first."""
    DISPUTES = "disputes"
    """Also those that are open or were won."""
    SUBSCRIPTIONS = "subscriptions"
    SUPPORTERS = "supporters"
    CHECKOUTS = "checkouts"
    VISITS = "visits"
    VALUES = "values"
    """What the supporters whom an origin brought have given so far."""


@dataclass(frozen=True, slots=True)
class Behind:
    """The exact rows that a figure is made of: of a kind, within the filters of the page but for
    `words`, which take the place of words of the same name in its address."""

    of: RowsOf
    words: Mapping[str, str] = field(default_factory=dict[str, str])


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
    chart: Chart | None = None
    behind: Mapping[tuple[int, str], Behind] = field(default_factory=dict[tuple[int, str], Behind])
    """By the number of the row, from 0, and the key of the column."""

    def __post_init__(self) -> None:
        kinds = tuple(column.kind for column in self.columns)
        if ColumnKind.MONEY in kinds and ColumnKind.CURRENCY not in kinds:
            raise ValueError(f"the table {self.slug!r} shows money without naming its currency")
        for row in self.rows:
            _check(self.slug, kinds, row)
        _check_behind(self)
        if self.chart is not None:
            _check_chart(self, self.chart)

    def column(self, key: str) -> Column:
        """Raises ValueError for a column that the table has not."""
        return self.columns[self.index_of(key)]

    @property
    def explained(self) -> tuple[Definition, ...]:
        """What its figures mean: of its columns first, then of the table, each once."""
        own = (column.definition for column in self.columns if column.definition is not None)
        return tuple(dict.fromkeys((*own, *self.definitions)))

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


def _check_behind(table: Table) -> None:
    keys = {column.key for column in table.columns}
    for number, key in table.behind:
        if key not in keys or not 0 <= number < len(table.rows):
            raise ValueError(f"the table {table.slug!r} has no figure in row {number}, column {key!r}")


def _check_chart(table: Table, chart: Chart) -> None:
    kinds = {column.key: column.kind for column in table.columns}
    unknown = {chart.x, *chart.series, *chart.labels} - kinds.keys()
    if unknown:
        raise ValueError(f"the chart of the table {table.slug!r} draws unknown columns: {sorted(unknown)}")
    drawn = {kinds[key] for key in chart.series}
    if len(drawn) != 1 or not all(kind.is_numeric for kind in drawn):
        raise ValueError(f"the chart of the table {table.slug!r} needs figures of one kind")
