"""The rows behind the figures of a page, held against the figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy.orm import Session

from donations.reports.figures import adds_up, words_behind
from donations.reports.filters import Filter, Filters, read_filters
from donations.reports.rows.registry import ROWS
from donations.reports.table import Behind, Report
from tests.factories import ZONE

Place = tuple[str, int, str]
"""Table, row and column."""


def disagreements(
    session: Session, report: Report, filters: Filters, applies: frozenset[Filter]
) -> list[Place]:
    """Where the rows do not come to the figure, or are not as many as is said."""
    return [
        (table.slug, number, key)
        for table in report.tables
        for (number, key), behind in table.behind.items()
        if behind.of in ROWS
        for value in [table.rows[number][table.index_of(key)]]
        if not all(agreeing(session, behind, value, words_behind(filters, applies, behind), filters))
    ]


def agreeing(
    session: Session, behind: Behind, value: object, words: Mapping[str, str], filters: Filters
) -> Iterator[bool]:
    entry = ROWS[behind.of]
    asked = read_filters(words, filters.as_of, ZONE)
    others = {name: word for name, word in words.items() if name in entry.words}
    page = entry.run(session, asked.filters, others, 1)
    yield adds_up(value, page) is True  # pyright: ignore[reportArgumentType]
    yield asked.problems == page.problems == ()
    yield len(list(entry.stream(session, asked.filters, others))) == page.total_rows
