"""A table refuses rows that would mislead whoever draws them."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from donations.domain.money import Money
from donations.reports.table import Cell, Column, ColumnKind, Table

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
