"""Read many rows in batches, the next one while the one before is being written.

Each batch is one look at the data by itself, begun where the one before ended. So no transaction is open
while a slow client takes its time, and nothing has to be cleaned up when it goes away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import date
from functools import lru_cache
from typing import Any, Final, cast

from sqlalchemy import Select
from sqlalchemy.orm import Session

Row = tuple[Any, ...]
Look = Callable[[], AbstractContextManager[Session]]
"""Opens one look at the data. It is called in another thread."""

ROWS_AT_ONCE: Final = 5_000


def read_in_batches(look: Look, after: Callable[[Row | None], Select[Any]]) -> Iterator[list[Row]]:
    """`after` selects what follows on a row, or the first rows for None, and as many as it likes.

    Rows are as the driver gives them: making SQLAlchemy's of a million takes longer than writing them.
    """

    def read(last: Row | None) -> list[Row]:
        with look() as session, session.connection().execute(after(last)) as result:
            cursor = cast("Any", result.cursor)
            return cursor.fetchall()

    with ThreadPoolExecutor(1, thread_name_prefix="export") as ahead:
        coming = ahead.submit(read, None)
        while rows := coming.result():
            coming = ahead.submit(read, rows[-1])
            yield rows


@lru_cache(maxsize=4_096)
def as_day(written: date | str | None) -> date | None:
    """A day as a driver gives it: SQLite's writes it out."""
    return date.fromisoformat(written) if isinstance(written, str) else written
