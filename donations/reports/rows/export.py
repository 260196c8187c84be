"""All the rows behind a figure as CSV, in constant memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Final

from donations.reports.csv import stream_table
from donations.reports.table import Row, Table

_AT_ONCE: Final = 1_000
_HEADS: Final = 2
"""What stands before the rows of a table's CSV: the byte-order mark and the line of columns."""


def stream_rows(table: Table, rows: Iterator[Row]) -> Iterator[str]:
    """`table` says what the columns are and what the figures mean; its own rows are not looked at."""
    around = list(stream_table(replace(table, rows=())))
    bare = replace(
        table,
        columns=tuple(replace(column, definition=None) for column in table.columns),
        definitions=(),
        notes=(),
    )
    yield from around[:_HEADS]
    while chunk := tuple(islice(rows, _AT_ONCE)):
        yield from islice(stream_table(replace(bare, rows=chunk)), _HEADS, None)
    yield from around[_HEADS:]
