"""Feeds for tests, small or longer than anything that could be held."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from donations.reports.feed import Batch, Feed, Field
from donations.reports.table import ColumnKind, Definition

FIELDS = (
    Field("day", "Day", ColumnKind.DAY),
    Field("name", "Name", ColumnKind.TEXT),
    Field("currency", "Currency", ColumnKind.CURRENCY),
    Field("given", "Given", ColumnKind.MONEY, "currency"),
    Field("donations", "Donations", ColumnKind.COUNT),
)
DAY = date(2026, 11, 22)
SMALL: Batch = (
    (DAY, None),
    ("=1+1", "Anna"),
    ("eur", "jpy"),
    (124050, None),
    (1204, None),
)


def feed_of(*batches: Batch) -> Feed:
    return Feed(
        "test",
        "Test",
        (("Period", "22 November 2026"), ("Typed", "=2+2")),
        ("A note.",),
        FIELDS,
        iter(batches),
        (Definition("Given", "What was given."),),
    )


class Endless:
    """Batches without end, which count how many were taken."""

    def __init__(self, rows: int = 1_000) -> None:
        self.rows = rows
        self.taken = 0

    def __iter__(self) -> Iterator[Batch]:
        return self

    def __next__(self) -> Batch:
        numbers = range(self.taken * self.rows, (self.taken + 1) * self.rows)
        self.taken += 1
        return (
            [DAY + timedelta(days=n % 700) for n in numbers],
            [f"Reader {n * 7919 % 1_000_003}" for n in numbers],
            ["eur"] * self.rows,
            [n * 104_729 % 99_991 for n in numbers],
            list(numbers),
        )
