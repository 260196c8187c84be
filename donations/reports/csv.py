"""Reports as CSV, for spreadsheets and for programs.

UTF-8 with a byte-order mark, or Excel reads it as something else. Numbers are plain decimal
numbers beside a column that names their currency. A text that a spreadsheet would take for a
formula is given an apostrophe in front (see `formulas`).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Any, Final

from donations.domain.money import Money
from donations.reports.explanations import definitions_of, notes_of
from donations.reports.feed import Batch, Feed, plain_amount, plain_code, plain_day
from donations.reports.formulas import PLAIN_STARTS, neutralised
from donations.reports.table import Cell, ColumnKind, Definition, Report, Table

BYTE_ORDER_MARK: Final = "\ufeff"
_LINE_END: Final = "\r\n"
_QUOTE: Final = '"'
_MARKS: Final = (",", _QUOTE, "\r", "\n")
_SIMPLE_STARTS: Final = PLAIN_STARTS | {""}


def stream_report(report: Report) -> Iterator[str]:
    """A whole report: what was asked, then each table under its title, then the definitions."""
    yield BYTE_ORDER_MARK
    yield from _lines([(report.title,), *report.facts])
    for table in report.tables:
        yield from _lines([(), (table.title,)])
        yield from _lines(_grid(table))
    yield from _lines(_explanations(notes_of(report.tables), definitions_of(report.tables)))


def stream_table(table: Table) -> Iterator[str]:
    """One table, its header in the first line."""
    yield BYTE_ORDER_MARK
    yield from _lines(_grid(table))
    yield from _lines(_explanations(notes_of((table,)), definitions_of((table,))))


def stream_feed(feed: Feed) -> Iterator[str]:
    """Rows without end, a batch at a time, its header in the first line; then what they mean.

    A file without its definitions broke off.
    """
    yield BYTE_ORDER_MARK
    yield from _lines([tuple(neutralised(_label(field.label, field.kind)) for field in feed.fields)])
    for batch in feed.batches:
        columns = [_column(feed, number, batch) for number in range(len(feed.fields))]
        lines = map(",".join, zip(*columns, strict=True))
        yield _LINE_END.join((*lines, ""))
    yield from _lines(_explanations(feed.sentences, feed.definitions))


class _Line:
    """What `csv.writer` writes to: it gives the line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def _lines(rows: Iterable[Iterable[str]]) -> Iterator[str]:
    writer = csv.writer(_Line(), lineterminator=_LINE_END)
    for row in rows:
        yield str(writer.writerow(row))


def _column(feed: Feed, number: int, batch: Batch) -> Iterable[str]:
    """One column as it is written. A whole column at once: what is called for each cell costs most."""
    field = feed.fields[number]
    values: Sequence[Any] = batch[number]
    currencies: Sequence[Any] | None = feed.currencies_of(field, batch)
    if currencies is not None:
        return map(plain_amount, values, currencies)
    match field.kind:
        case ColumnKind.DAY:
            return map(plain_day, values)
        case ColumnKind.CURRENCY:
            return map(plain_code, values)
        case ColumnKind.COUNT:
            return ["" if each is None else str(each) for each in values]
        case _:
            return _text_column([each or "" for each in values])


def _text_column(texts: list[str]) -> list[str]:
    """Most columns hold nothing that needs care, which is seen at once for all of them."""
    is_simple = {text[:1] for text in texts} <= _SIMPLE_STARTS and not _has_marks("".join(texts))
    return texts if is_simple else [_quoted(neutralised(text)) for text in texts]


def _quoted(text: str) -> str:
    """As `csv.writer` does it: only what must be."""
    return f'"{text.replace(_QUOTE, _QUOTE * 2)}"' if _has_marks(text) else text


def _has_marks(text: str) -> bool:
    return any(mark in text for mark in _MARKS)


def _grid(table: Table) -> Iterator[tuple[str, ...]]:
    yield tuple(neutralised(_label(column.label, column.kind)) for column in table.columns)
    kinds = tuple(column.kind for column in table.columns)
    for row in table.rows:
        yield tuple(_written(cell, kind) for cell, kind in zip(row, kinds, strict=True))


def _explanations(notes: tuple[str, ...], definitions: tuple[Definition, ...]) -> Iterator[tuple[str, ...]]:
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
