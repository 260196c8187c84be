"""Reports as XLSX: what was asked and said, the rows, and what they mean, each on a sheet of its own.

Cells that hold numbers are numbers, with the decimals of their currency; nothing is ever a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, islice
from typing import Any, Final, Generic, TypeVar

from donations.reports import workbook
from donations.reports.explanations import definitions_of, notes_of
from donations.reports.feed import Batch, Feed, plain_code
from donations.reports.table import ColumnKind, Definition, Report, Row, Table
from donations.reports.workbook import Sheet, stream_workbook
from donations.reports.workbook_cells import (
    amount_cell,
    cell_of,
    count_cell,
    day_cell,
    row_of,
    rows_of,
    text_cell,
    text_column,
)
from donations.reports.workbook_parts import Style

_TERM_WIDTH: Final = 30.0
_TEXT_WIDTH: Final = 100.0
_WIDTHS: Final = {ColumnKind.TEXT: 24.0, ColumnKind.DAY: 12.0, ColumnKind.CURRENCY: 10.0}
_FIGURE_WIDTH: Final = 14.0
_WRITTEN_AT_ONCE: Final = 500

B = TypeVar("B")
"""A batch of rows."""
_Piece = tuple[str, int]
"""Whole rows as XML, and how many they are."""


def stream_report(report: Report) -> Iterator[bytes]:
    """A whole report: Summary, its rows (a sheet for each table where there are several), Definitions."""
    said = [("In short", report.summary)] if report.summary else []
    said += [(table.title, table.sentence) for table in report.tables]
    said += [("Note", note) for note in notes_of(report.tables)]
    is_only = len(report.tables) == 1
    sheets = (
        _summary(report.title, report.facts, said),
        *(_sheet_of_table(table, "Rows" if is_only else table.title) for table in report.tables),
        *_definitions(definitions_of(report.tables)),
    )
    return stream_workbook(sheets, report.title)


def stream_feed(feed: Feed) -> Iterator[bytes]:
    """Rows without end, in the same three sheets; where one sheet is full, the next goes on."""
    said = [("Note", sentence) for sentence in feed.sentences]
    sheets = chain(
        (_summary(feed.title, feed.facts, said),), _sheets_of_feed(feed), _definitions(feed.definitions)
    )
    return stream_workbook(sheets, feed.title)


def stream_rows(table: Table, facts: Sequence[tuple[str, str]], rows: Iterator[Row]) -> Iterator[bytes]:
    """Rows without end under the columns of `table`, whose own rows are not looked at."""
    said = [(table.title, table.sentence), *(("Note", note) for note in notes_of((table,)))]
    sheets = chain(
        (_summary(table.title, facts, said),),
        _sheets_of_rows(table, rows),
        _definitions(definitions_of((table,))),
    )
    return stream_workbook(sheets, table.title)


def _summary(title: str, facts: Sequence[tuple[str, str]], said: Sequence[tuple[str, str]]) -> Sheet:
    pairs: list[tuple[str, str]] = [*facts, ("", ""), *said]
    rows = [row_of([text_cell(0, title, Style.TITLE)], 1)]
    rows += [
        row_of([text_cell(0, term, Style.STRONG), text_cell(1, text, Style.WRAPPED)], number)
        for number, (term, text) in enumerate(pairs, 3)
    ]
    return Sheet("Summary", (_TERM_WIDTH, _TEXT_WIDTH), rows, has_header=False)


def _definitions(definitions: tuple[Definition, ...]) -> tuple[Sheet, ...]:
    if not definitions:
        return ()
    rows = [row_of([text_cell(0, "Figure", Style.HEADER), text_cell(1, "What it means", Style.HEADER)], 1)]
    rows += [
        row_of([text_cell(0, each.term, Style.STRONG), text_cell(1, each.text, Style.WRAPPED)], number)
        for number, each in enumerate(definitions, 2)
    ]
    return (Sheet("Definitions", (_TERM_WIDTH, _TEXT_WIDTH), rows),)


def _sheet_of_table(table: Table, name: str) -> Sheet:
    kinds = [column.kind for column in table.columns]
    header = _header([(column.label, column.kind) for column in table.columns])
    rows = (
        row_of((cell_of(column, cell, kinds[column]) for column, cell in enumerate(row)), number)
        for number, row in enumerate(table.rows, 2)
    )
    return Sheet(name, _widths(kinds), chain((header,), rows))


def _sheets_of_rows(table: Table, rows: Iterator[Row]) -> Iterator[Sheet]:
    kinds = [column.kind for column in table.columns]
    header = _header([(column.label, column.kind) for column in table.columns])

    def written(batch: Sequence[Row], first: int) -> Iterator[_Piece]:
        lines = (
            row_of((cell_of(column, cell, kinds[column]) for column, cell in enumerate(row)), number)
            for number, row in enumerate(batch, first)
        )
        yield "".join(lines), len(batch)

    batches = iter(lambda: tuple(islice(rows, _WRITTEN_AT_ONCE)), ())
    return _sheets(_widths(kinds), header, _Coming(batches, len), written)


def _sheets_of_feed(feed: Feed) -> Iterator[Sheet]:
    header = _header([(field.label, field.kind) for field in feed.fields])

    def written(batch: Batch, first: int) -> Iterator[_Piece]:
        for part in _parts(batch):
            yield "".join(rows_of(_columns(feed, part), first)), len(part[0])
            first += len(part[0])

    coming = _Coming(feed.batches, lambda batch: len(batch[0]))
    return _sheets(_widths([field.kind for field in feed.fields]), header, coming, written)


class _Coming(Generic[B]):
    """The batches, of which the next is known before it is taken."""

    def __init__(self, batches: Iterator[B], size: Callable[[B], int]) -> None:
        self._batches = batches
        self._size = size
        self.batch = next(batches, None)

    @property
    def rows(self) -> int:
        return 0 if self.batch is None else self._size(self.batch)

    def advance(self) -> None:
        self.batch = next(self._batches, None)


def _sheets(
    widths: tuple[float, ...], header: str, coming: _Coming[B], written: Callable[[B, int], Iterator[_Piece]]
) -> Iterator[Sheet]:
    """Each takes its rows from the same batches, so the next begins when the one before is written."""
    while True:
        yield Sheet("Rows", widths, chain((header,), _rows_of_sheet(coming, written)))
        if coming.batch is None:
            return


def _rows_of_sheet(coming: _Coming[B], written: Callable[[B, int], Iterator[_Piece]]) -> Iterator[str]:
    """As XML, until the sheet is full."""
    first, characters = 2, 0
    while coming.batch is not None:
        is_full = first - 2 + coming.rows > workbook.MOST_ROWS or characters > workbook.MOST_CHARACTERS
        if is_full and first > 2:
            return
        for piece, rows in written(coming.batch, first):
            first, characters = first + rows, characters + len(piece)
            yield piece
        coming.advance()


def _parts(batch: Batch) -> Iterator[Batch]:
    """As XML a row takes ten times what it takes as values."""
    starts = range(0, len(batch[0]), _WRITTEN_AT_ONCE)
    return (tuple(column[start : start + _WRITTEN_AT_ONCE] for column in batch) for start in starts)


def _columns(feed: Feed, batch: Batch) -> list[Iterable[str]]:
    return [_column(feed, number, batch) for number in range(len(feed.fields))]


def _column(feed: Feed, number: int, batch: Batch) -> Iterable[str]:
    """A whole column at once: what is called for each cell costs most."""
    field = feed.fields[number]
    values: Sequence[Any] = batch[number]
    currencies: Sequence[Any] | None = feed.currencies_of(field, batch)
    if currencies is not None:
        return map(partial(amount_cell, number), values, currencies)
    match field.kind:
        case ColumnKind.DAY:
            return map(partial(day_cell, number), values)
        case ColumnKind.CURRENCY:
            return text_column(number, map(plain_code, values))
        case ColumnKind.COUNT:
            return map(partial(count_cell, number), values)
        case _:
            return text_column(number, values)


def _header(labels: Sequence[tuple[str, ColumnKind]]) -> str:
    cells = (
        text_cell(column, label, Style.HEADER_NUMERIC if kind.is_numeric else Style.HEADER)
        for column, (label, kind) in enumerate(labels)
    )
    return row_of(cells, 1)


def _widths(kinds: Sequence[ColumnKind]) -> tuple[float, ...]:
    return tuple(_WIDTHS.get(kind, _FIGURE_WIDTH) for kind in kinds)
