"""What the script that draws charts reads from a table, and how a heat table is shaded without one.

Charts are drawn from the cells of the page's own table, so that they cannot disagree with it.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Final

from flask import Blueprint

from donations.domain.money import Money
from donations.reports.table import Cell, ChartKind, Table

_SHADES: Final = 8


def plain(value: Cell) -> str | None:
    """A figure as a plain decimal number: money in whole units, a share in per cent."""
    match value:
        case Money():
            return f"{value.major():f}"
        case Fraction():
            return f"{float(value * 100):.4f}"
        case int():
            return str(value)
        case None | str() | date():
            return None


def shades(table: Table) -> dict[tuple[int, str], int]:
    """How dark each cell of a heat table is, from 1 to 8: its share of the most that any cell holds,
    money against money of its own currency. Nothing for other tables."""
    chart = table.chart
    if chart is None or chart.kind is not ChartKind.HEAT:
        return {}
    cells = {
        (number, key): row[table.index_of(key)]
        for number, row in enumerate(table.rows)
        for key in chart.series
    }
    most: dict[str, Fraction] = {}
    for cell in cells.values():
        most[_unit(cell)] = max(most.get(_unit(cell), Fraction(0)), _number(cell))
    return {
        place: max(1, round(_number(cell) / most[_unit(cell)] * _SHADES))
        for place, cell in cells.items()
        if _number(cell) > 0
    }


def install_charts(blueprint: Blueprint) -> None:
    blueprint.add_app_template_filter(plain)
    blueprint.add_app_template_global(shades)


def _unit(cell: Cell) -> str:
    return cell.currency if isinstance(cell, Money) else ""


def _number(cell: Cell) -> Fraction:
    match cell:
        case Money():
            return Fraction(cell.amount)
        case int() | Fraction():
            return Fraction(cell)
        case _:
            return Fraction(0)
