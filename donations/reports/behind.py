"""What pages of reports share to lead from their figures to the rows behind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from donations.domain.money import Money
from donations.domain.periods import Period
from donations.reports.table import Behind, Cell, Column, Row


def dates(period: Period) -> dict[str, str]:
    """The words of an address that ask for these days."""
    return {"from": period.first.isoformat(), "to": period.last.isoformat()}


def links(
    columns: Sequence[Column], rows: Sequence[Row], lines: Iterable[Mapping[str, Behind]]
) -> dict[tuple[int, str], Behind]:
    """`behind` of a table, from what is behind each of its rows by the key of the column; a key that the
    table has no column for is passed over. Nothing stands behind a figure of nothing."""
    at = {column.key: position for position, column in enumerate(columns)}
    return {
        (number, key): behind
        for number, line in enumerate(lines)
        for key, behind in line.items()
        if key in at and not _is_nothing(rows[number][at[key]])
    }


def _is_nothing(cell: Cell) -> bool:
    return cell is None or (cell.amount == 0 if isinstance(cell, Money) else cell == 0)
