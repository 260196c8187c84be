"""Reports as CSV, for spreadsheets and for programs.

UTF-8 with a byte-order mark, or Excel reads it as something else. Numbers are plain decimal
numbers beside a column that names their currency. A text that a spreadsheet would take for a
formula is given an apostrophe in front: names and campaigns are typed by strangers.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Final

from donations.domain.money import Money
from donations.reports.table import Cell, ColumnKind, Definition, Report, Table

BYTE_ORDER_MARK: Final = "\ufeff"
_FORMULA_STARTS: Final = tuple("=+-@\t\r\n\u2212")
_SKIPPED: Final = " \u00a0\u180e\u200b\u200c\u200d\u2060\ufeff"
"""Spaces and marks without width, which some programs drop before they look for a formula."""


def stream_report(report: Report) -> Iterator[str]:
    """A whole report: what was asked, then each table under its title, then the definitions."""
    yield BYTE_ORDER_MARK
    yield from _lines([(report.title,), *report.facts])
    for table in report.tables:
        yield from _lines([(), (table.title,)])
        yield from _lines(_grid(table))
    yield from _lines(_explanations(report.tables))


def stream_table(table: Table) -> Iterator[str]:
    """One table, its header in the first line."""
    yield BYTE_ORDER_MARK
    yield from _lines(_grid(table))
    yield from _lines(_explanations((table,)))


def neutralised(text: str) -> str:
    """The text, with an apostrophe in front where a spreadsheet would take it for a formula."""
    seen = unicodedata.normalize("NFKC", text)
    for start in (text, seen):
        if start.lstrip(_SKIPPED).startswith(_FORMULA_STARTS) or start.lstrip().startswith(_FORMULA_STARTS):
            return f"'{text}"
    return text


class _Line:
    """What `csv.writer` writes to: it gives the line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def _lines(rows: Iterable[Iterable[str]]) -> Iterator[str]:
    writer = csv.writer(_Line(), lineterminator="\r\n")
    for row in rows:
        yield str(writer.writerow(row))


def _grid(table: Table) -> Iterator[tuple[str, ...]]:
    yield tuple(neutralised(_label(column.label, column.kind)) for column in table.columns)
    kinds = tuple(column.kind for column in table.columns)
    for row in table.rows:
        yield tuple(_written(cell, kind) for cell, kind in zip(row, kinds, strict=True))


def _explanations(tables: tuple[Table, ...]) -> Iterator[tuple[str, ...]]:
    notes = dict.fromkeys(note for table in tables for note in table.notes)
    definitions = dict.fromkeys(each for table in tables for each in table.definitions)
    if notes:
        yield from ((), ("Notes",), *((neutralised(note),) for note in notes))
    if definitions:
        yield from ((), ("Definitions",), *map(_definition, definitions))


def _definition(definition: Definition) -> tuple[str, str]:
    return neutralised(definition.term), neutralised(definition.text)


def _label(label: str, kind: ColumnKind) -> str:
    return f"{label} (%)" if kind is ColumnKind.PERCENT else label


def _written(cell: Cell, kind: ColumnKind) -> str:
    match cell:
        case None:
            return ""
        case Money():
            return f"{cell.major():f}"
        case Fraction():
            return f"{_percentage(cell):f}"
        case date():
            return cell.isoformat()
        case int():
            return str(cell)
        case str():
            return cell.upper() if kind is ColumnKind.CURRENCY else neutralised(cell)


def _percentage(share: Fraction) -> Decimal:
    exact = Decimal(share.numerator * 100) / Decimal(share.denominator)
    return exact.quantize(Decimal("0.1"), ROUND_HALF_EVEN)
