"""One column of a table as bars: sizes for SVG attributes, since inline styles are forbidden."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from donations.domain.money import Money
from donations.reports.table import Cell, Table
from donations.web.staff.cells import cell, figure

HEIGHT: Final = 100
_STEP: Final = 10
_GAP: Final = 2


@dataclass(frozen=True, slots=True)
class Bar:
    x: int
    y: int
    width: int
    height: int
    title: str


@dataclass(frozen=True, slots=True)
class Bars:
    """The scale is from nothing to `most`, which is written beside it."""

    width: int
    bars: tuple[Bar, ...]
    most: str
    first: str
    last: str


def bars_of(table: Table) -> Bars | None:
    """None for a table that is not drawn, or has nothing to draw."""
    if table.drawn is None:
        return None
    labels = tuple(cell(row[0], table.columns[0]) for row in table.rows)
    amounts = tuple(_money(each) for each in table.values(table.drawn))
    most = max(amounts, key=lambda money: money.amount)
    if not most.is_positive:
        return None
    sizes = tuple(_size(money.amount, most.amount) for money in amounts)
    return Bars(
        width=_STEP * len(amounts),
        bars=tuple(
            Bar(
                _STEP * n + _GAP // 2, HEIGHT - size, _STEP - _GAP, size, f"{labels[n]}: {figure(amounts[n])}"
            )
            for n, size in enumerate(sizes)
            if size
        ),
        most=figure(most),
        first=labels[0],
        last=labels[-1],
    )


def _money(value: Cell) -> Money:
    assert isinstance(value, Money)
    return value


def _size(amount: int, most: int) -> int:
    """Of HEIGHT, rounded up: what was given is never drawn as nothing."""
    return -(-amount * HEIGHT // most)
