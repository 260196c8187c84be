"""A table refuses rows that would mislead whoever draws them."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from donations.domain.money import Money
from donations.reports.table import (
    Behind,
    Cell,
    Chart,
    ChartKind,
    Column,
    ColumnKind,
    Definition,
    RowsOf,
    Table,
)

CURRENCY = Column("currency", "Currency", ColumnKind.CURRENCY)
GROSS = Column("gross", "Gross", ColumnKind.MONEY)


def table_of(columns: tuple[Column, ...], *rows: tuple[Cell, ...]) -> Table:
    return Table("test", "Test", "A sentence.", columns, rows)


def test_money_stands_only_beside_the_name_of_its_currency() -> None:
    with pytest.raises(ValueError, match="without naming its currency"):
        table_of((GROSS,), (Money(1, "eur"),))
    with pytest.raises(ValueError, match="another currency"):
        table_of((CURRENCY, GROSS), ("usd", Money(1, "eur")))


@pytest.mark.parametrize(
    ("kind", "cell"),
    [
        (ColumnKind.COUNT, "12"),
        (ColumnKind.COUNT, Fraction(1, 2)),
        (ColumnKind.DAY, "2026-11-22"),
        (ColumnKind.TEXT, 12),
        (ColumnKind.PERCENT, 12),
    ],
)
def test_a_cell_is_of_its_columns_kind(kind: ColumnKind, cell: Cell) -> None:
    with pytest.raises(ValueError, match="where a"):
        table_of((Column("a", "A", kind),), (cell,))


def test_a_row_has_a_cell_for_each_column() -> None:
    with pytest.raises(ValueError, match="1 cells for 2 columns"):
        table_of((CURRENCY, GROSS), ("eur",))


def test_a_figure_that_does_not_exist_is_allowed_anywhere() -> None:
    table = table_of((CURRENCY, GROSS), ("eur", None), ("eur", Money(5, "eur")))

    assert table.values("gross") == (None, Money(5, "eur"))


def test_days_are_days() -> None:
    day = Column("day", "Day", ColumnKind.DAY)

    assert table_of((day,), (date(2026, 11, 22),)).rows == ((date(2026, 11, 22),),)


def test_a_figure_can_only_be_opened_where_it_stands() -> None:
    behind = Behind(RowsOf.DONATIONS, {"currency": "eur"})
    row = ("eur", Money(1, "eur"))

    assert Table("t", "T", "S.", (CURRENCY, GROSS), (row,), behind={(0, "gross"): behind}).behind
    for place in ((1, "gross"), (0, "net"), (-1, "gross")):
        with pytest.raises(ValueError, match="no figure in row"):
            Table("t", "T", "S.", (CURRENCY, GROSS), (row,), behind={place: behind})


@pytest.mark.parametrize(
    ("chart", "problem"),
    [
        (Chart(ChartKind.BARS, "month", ("gross",)), "unknown columns"),
        (Chart(ChartKind.BARS, "currency", ("net",)), "unknown columns"),
        (Chart(ChartKind.BARS, "currency", ("gross",), {"net": "Net"}), "unknown columns"),
        (Chart(ChartKind.BARS, "currency", ()), "figures of one kind"),
        (Chart(ChartKind.BARS, "currency", ("currency",)), "figures of one kind"),
        (Chart(ChartKind.LINE, "currency", ("gross", "gifts")), "figures of one kind"),
    ],
)
def test_a_chart_draws_figures_of_its_own_table(chart: Chart, problem: str) -> None:
    columns = (CURRENCY, GROSS, Column("gifts", "Gifts", ColumnKind.COUNT))

    with pytest.raises(ValueError, match=problem):
        Table("t", "T", "S.", columns, (), chart=chart)


def test_what_figures_mean_is_said_once_the_columns_first() -> None:
    gross, net = Definition("Gross", "All."), Definition("Net", "Less.")
    column = Column("gross", "Gross", ColumnKind.MONEY, definition=gross)

    table = Table("t", "T", "S.", (CURRENCY, column), (), definitions=(net, gross))

    assert table.explained == (gross, net)
