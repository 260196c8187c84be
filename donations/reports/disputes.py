"""Disputes by the day they were opened, and how each ended.

They are counted themselves, through the index of their days: banks contest about one payment in a
thousand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from donations.domain.disputes import DisputeStatus, is_lost, is_open
from donations.domain.money import Money
from donations.domain.periods import Period
from donations.models import Dispute, Donation
from donations.reports.behind import dates, links
from donations.reports.currency_order import in_order
from donations.reports.definitions import COMPARED, DISPUTES_OPENED
from donations.reports.filters import Filters
from donations.reports.table import Behind, Column, ColumnKind, Row, RowsOf, Table
from donations.reports.words import amounts, counted, sentence

STATUS_NAMES: Final[Mapping[DisputeStatus, str]] = {
    DisputeStatus.WARNING_NEEDS_RESPONSE: "Bank’s question, needs an answer",
    DisputeStatus.WARNING_UNDER_REVIEW: "Bank’s question, answered",
    DisputeStatus.WARNING_CLOSED: "Bank’s question, closed",
    DisputeStatus.NEEDS_RESPONSE: "Needs an answer",
    DisputeStatus.UNDER_REVIEW: "Under review",
    DisputeStatus.APPEAL_NEEDS_RESPONSE: "Appeal, needs an answer",
    DisputeStatus.APPEAL_UNDER_REVIEW: "Appeal, under review",
    DisputeStatus.WON: "Won",
    DisputeStatus.LOST: "Lost",
    DisputeStatus.PREVENTED: "Refunded before it became one",
}

_COLUMNS: Final = (
    Column("currency", "Currency", ColumnKind.CURRENCY),
    Column("opened", "Opened", ColumnKind.COUNT, definition=DISPUTES_OPENED),
    Column("amount", "Amount", ColumnKind.MONEY, definition=DISPUTES_OPENED),
    Column("open", "Still open", ColumnKind.COUNT, definition=DISPUTES_OPENED),
    Column("kept", "Kept", ColumnKind.COUNT, definition=DISPUTES_OPENED),
    Column("lost", "Lost", ColumnKind.COUNT, definition=DISPUTES_OPENED),
    Column("lost_amount", "Amount lost", ColumnKind.MONEY, definition=DISPUTES_OPENED),
    Column("opened_before", "Opened before", ColumnKind.COUNT),
    Column("lost_before", "Lost before", ColumnKind.COUNT),
)


class Outcome(StrEnum):
    """Every dispute is of exactly one, as it stands now."""

    OPEN = "open"
    LOST = "lost"
    KEPT = "kept"


def outcome_of(status: DisputeStatus) -> Outcome:
    if is_open(status):
        return Outcome.OPEN
    return Outcome.LOST if is_lost(status) else Outcome.KEPT


def asked(filters: Filters, period: Period) -> Iterator[ColumnElement[bool]]:
    """Conditions on disputes, joined with their donations where a frequency is asked for."""
    begins, ends = period.bounds(filters.zone)
    yield Dispute.opened_at >= begins
    yield Dispute.opened_at < ends
    if filters.currency is not None:
        yield Dispute.currency == filters.currency
    if filters.frequency is not None:
        yield Donation.frequency == filters.frequency


def ended_in(outcome: Outcome) -> ColumnElement[bool]:
    return Dispute.status.in_([each for each in DisputeStatus if outcome_of(each) is outcome])


def disputes_table(session: Session, filters: Filters) -> Table:
    """One row a currency."""
    now, before = _found(session, filters, filters.period), _found(session, filters, filters.previous)
    lines = tuple(_Line(code, now, before) for code in in_order(code for code, _ in (*now, *before)))
    rows = tuple(line.row() for line in lines)
    return Table(
        slug="disputes",
        title="Disputes",
        sentence=_sentence(lines),
        columns=_COLUMNS,
        rows=rows,
        definitions=(COMPARED,),
        behind=links(_COLUMNS, rows, (line.behind(filters) for line in lines)),
    )


_Sums = dict[tuple[str, Outcome], tuple[int, int]]


def _found(session: Session, filters: Filters, period: Period) -> _Sums:
    """How many and how much, by currency and outcome."""
    query = (
        select(Dispute.currency, Dispute.status, func.count(), func.sum(Dispute.amount))
        .where(*asked(filters, period))
        .group_by(Dispute.currency, Dispute.status)
    )
    if filters.frequency is not None:
        # Otherwise nothing is asked of the donation, and there are ten million.
        query = query.join(Donation, Donation.id == Dispute.donation_id)
    found: _Sums = {}
    for currency, status, number, amount in session.execute(query):
        key = currency, outcome_of(status)
        disputes, total = found.get(key, (0, 0))
        # SUM is a Decimal on PostgreSQL.
        found[key] = disputes + number, total + int(amount)
    return found


@dataclass(frozen=True, slots=True)
class _Line:
    currency: str
    now: _Sums
    before: _Sums

    def number(self, outcome: Outcome | None = None, sums: _Sums | None = None) -> int:
        return self._total(0, outcome, self.now if sums is None else sums)

    def amount(self, outcome: Outcome | None = None) -> Money:
        return Money(self._total(1, outcome, self.now), self.currency)

    def row(self) -> Row:
        return (
            self.currency,
            self.number(),
            self.amount(),
            self.number(Outcome.OPEN),
            self.number(Outcome.KEPT),
            self.number(Outcome.LOST),
            self.amount(Outcome.LOST),
            self.number(None, self.before),
            self.number(Outcome.LOST, self.before),
        )

    def behind(self, filters: Filters) -> dict[str, Behind]:
        words = {"currency": self.currency}
        before = words | dates(filters.previous)
        lost = {"outcome": Outcome.LOST.value}
        return {
            "opened": Behind(RowsOf.DISPUTES, words),
            "amount": Behind(RowsOf.DISPUTES, words),
            "open": Behind(RowsOf.DISPUTES, words | {"outcome": Outcome.OPEN.value}),
            "kept": Behind(RowsOf.DISPUTES, words | {"outcome": Outcome.KEPT.value}),
            "lost": Behind(RowsOf.DISPUTES, words | lost),
            "lost_amount": Behind(RowsOf.DISPUTES, words | lost),
            "opened_before": Behind(RowsOf.DISPUTES, before),
            "lost_before": Behind(RowsOf.DISPUTES, before | lost),
        }

    def _total(self, at: int, outcome: Outcome | None, sums: _Sums) -> int:
        return sum(
            each[at]
            for (code, which), each in sums.items()
            if code == self.currency and outcome in (None, which)
        )


def _sentence(lines: tuple[_Line, ...]) -> str:
    opened, lost = (sum(line.number(which) for line in lines) for which in (None, Outcome.LOST))
    if not opened:
        return "No payment was disputed in these days."
    over = amounts(line.amount() for line in lines)
    gone = amounts(line.amount(Outcome.LOST) for line in lines)
    ended = f"{lost:,} lost so far, over {gone}" if lost else "none lost so far"
    return sentence(f"{counted(opened, 'dispute')} opened over {over}; {ended}")
