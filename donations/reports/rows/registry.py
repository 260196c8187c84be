"""Every kind of row that figures are made of. A new kind is one file and one line here."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from donations.reports.filters import Filter, Filters
from donations.reports.rows import (
    adjustments,
    checkouts,
    disputes,
    donations,
    entries,
    failures,
    movements,
    subscriptions,
    supporters,
    values,
    visits,
)
from donations.reports.rows.page import RowsPage
from donations.reports.table import Row, RowsOf


@dataclass(frozen=True, slots=True)
class Entry:
    title: str
    run: Callable[[Session, Filters, Mapping[str, str], int], RowsPage]
    """Session, filters, the words besides them, and the number of the page."""
    stream: Callable[[Session, Filters, Mapping[str, str]], Generator[Row]]
    """All rows, for an export; whoever asks for them closes it."""
    applies: frozenset[Filter]
    words: frozenset[str] = frozenset()
    """What it reads besides the filters."""


ROWS: Final[Mapping[RowsOf, Entry]] = {
    RowsOf.DONATIONS: Entry("Donations", donations.run, donations.stream, donations.APPLIES, donations.WORDS),
    RowsOf.ADJUSTMENTS: Entry(
        "Refunds and lost disputes",
        adjustments.run,
        adjustments.stream,
        adjustments.APPLIES,
        adjustments.WORDS,
    ),
    RowsOf.ENTRIES: Entry("What net is made of", entries.run, entries.stream, entries.APPLIES, entries.WORDS),
    RowsOf.MOVEMENTS: Entry("Movements", movements.run, movements.stream, movements.APPLIES, movements.WORDS),
    RowsOf.VISITS: Entry("Pages sent", visits.run, visits.stream, visits.APPLIES, visits.WORDS),
    RowsOf.CHECKOUTS: Entry("Checkouts", checkouts.run, checkouts.stream, checkouts.APPLIES, checkouts.WORDS),
    RowsOf.VALUES: Entry("What supporters gave", values.run, values.stream, values.APPLIES, values.WORDS),
    RowsOf.SUPPORTERS: Entry(
        "Supporters", supporters.run, supporters.stream, supporters.APPLIES, supporters.WORDS
    ),
    RowsOf.FAILURES: Entry(
        "Failed payments", failures.run, failures.stream, failures.APPLIES, failures.WORDS
    ),
    RowsOf.DISPUTES: Entry("Disputes", disputes.run, disputes.stream, disputes.APPLIES, disputes.WORDS),
    RowsOf.SUBSCRIPTIONS: Entry(
        "Recurring gifts",
        subscriptions.run,
        subscriptions.stream,
        subscriptions.APPLIES,
        subscriptions.WORDS,
    ),
}
