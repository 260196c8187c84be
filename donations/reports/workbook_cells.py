"""Cells and rows of a workbook as XML. Numbers are numbers, days are days, and a text is only ever text.

Every cell names its place. The number of the row is left open (`_HERE`) until the row is put together,
so that a cell that repeats, such as an amount, a day or a currency, is written once and looked up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Final
from xml.sax.saxutils import escape

from donations.domain.currencies import exponent_of
from donations.domain.money import Money
from donations.reports.feed import plain_amount
from donations.reports.formulas import PLAIN_STARTS, begins_like_formula
from donations.reports.table import Cell, ColumnKind
from donations.reports.workbook_parts import MONEY, Style

_HERE: Final = "\0"
"""Where the number of the row belongs. No XML may hold this character, so no text can."""
_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_LONGEST_TEXT: Final = 32_767
_DAY_ZERO: Final = date(1899, 12, 30).toordinal()
_CACHED: Final = 16_384
_SIMPLE_STARTS: Final = PLAIN_STARTS | {""}
_SPACE: Final = frozenset(" ")


@lru_cache(maxsize=1_024)
def column_letters(number: int) -> str:
    """`A` for 0, `Z` for 25, `AA` for 26."""
    letters, rest = "", number + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def row_of(cells: Iterable[str], number: int) -> str:
    """`number` is counted from 1."""
    return f'<row r="{_HERE}">{"".join(cells)}</row>'.replace(_HERE, str(number))


def rows_of(columns: Sequence[Iterable[str]], first: int) -> Iterator[str]:
    """The rows of a batch that was written column by column."""
    return (row_of(cells, number) for number, cells in enumerate(zip(*columns, strict=True), first))


def text_cell(column: int, text: str, style: Style = Style.PLAIN) -> str:
    """Nothing for no text."""
    if not text:
        return ""
    if style is Style.PLAIN and begins_like_formula(text):
        style = Style.GUARDED
    shown = escape(_LOOKS_ESCAPED.sub("_x005F_", _NOT_IN_XML.sub("\ufffd", text[:_LONGEST_TEXT])))
    # Spaces at the ends, and line breaks, are dropped unless it says that they are meant.
    kept = "" if shown.isprintable() and shown == shown.strip() else ' xml:space="preserve"'
    place = f'r="{column_letters(column)}{_HERE}" s="{style:d}"'
    return f'<c {place} t="inlineStr"><is><t{kept}>{shown}</t></is></c>'


@lru_cache(maxsize=_CACHED)
def amount_cell(column: int, amount: int | None, currency: str | None) -> str:
    """Minor units as a number in major ones, with the decimals of the currency."""
    if amount is None or currency is None:
        return ""
    return _number_cell(column, plain_amount(amount, currency), MONEY[exponent_of(currency)])


@lru_cache(maxsize=_CACHED)
def day_cell(column: int, day: date | None) -> str:
    return "" if day is None else _number_cell(column, str(day.toordinal() - _DAY_ZERO), Style.DAY)


@lru_cache(maxsize=_CACHED)
def count_cell(column: int, count: int | None) -> str:
    return "" if count is None else _number_cell(column, str(count), Style.COUNT)


def cell_of(column: int, cell: Cell, kind: ColumnKind) -> str:
    """A typed cell of a report's table."""
    match cell:
        case None:
            return ""
        case Money():
            return amount_cell(column, cell.amount, cell.currency)
        case Fraction():
            return _number_cell(column, repr(float(cell)), Style.PERCENT)
        case date():
            return day_cell(column, cell)
        case int():
            return count_cell(column, cell)
        case str():
            return text_cell(column, cell.upper() if kind is ColumnKind.CURRENCY else cell)


def text_column(column: int, texts: Iterable[str | None]) -> list[str]:
    """The same as `text_cell` for each. Most columns hold nothing that needs care, which is seen at once."""
    given = [each or "" for each in texts]
    if not _is_simple(given):
        return [text_cell(column, text) for text in given]
    begin = f'<c r="{column_letters(column)}{_HERE}" s="0" t="inlineStr"><is><t>'
    return [f"{begin}{text}</t></is></c>" if text else "" for text in given]


def _is_simple(texts: list[str]) -> bool:
    """Whether nothing is to be escaped, no text begins or ends with a space, and none is like a formula."""
    together = "".join(texts)
    return (
        {text[:1] for text in texts} <= _SIMPLE_STARTS
        and not {text[-1:] for text in texts} & _SPACE
        and together.isprintable()
        and not any(mark in together for mark in ("&", "<", ">", "_x"))
        and max(map(len, texts), default=0) <= _LONGEST_TEXT
    )


def _number_cell(column: int, number: str, style: Style) -> str:
    return f'<c r="{column_letters(column)}{_HERE}" s="{style:d}"><v>{number}</v></c>'
