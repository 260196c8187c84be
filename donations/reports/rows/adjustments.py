"""The refunds and lost disputes behind a figure: by the day on which they took money back."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, select
from sqlalchemy.orm import Session

from donations.domain.adjustments import AdjustmentKind
from donations.domain.money import Money
from donations.domain.periods import local_day
from donations.models import Adjustment, Donation, Supporter
from donations.reports.definitions import DISPUTES, REFUNDS
from donations.reports.filters import Filters
from donations.reports.rows import donations
from donations.reports.rows.conditions import between, from_source, known_by, of_gift
from donations.reports.rows.page import RowsPage, Source, read_all, read_page
from donations.reports.table import Column, ColumnKind, Row
from donations.reports.words import FREQUENCY_NAMES, SOURCE_NAMES

APPLIES: Final = donations.APPLIES
WORDS: Final = frozenset({"kind", "sum", "source"})

_COLUMNS: Final = (
    Column("day", "Taken back on", ColumnKind.DAY),
    Column("time", "At", ColumnKind.TEXT),
    Column("kind", "What", ColumnKind.TEXT),
    Column("supporter", "Supporter", ColumnKind.SUPPORTER),
    Column("charged_on", "Charged on", ColumnKind.DAY),
    Column("frequency", "Frequency", ColumnKind.TEXT),
    Column("source", "Source", ColumnKind.TEXT),
    Column("currency", "Currency", ColumnKind.CURRENCY),
    Column("gift", "Gift", ColumnKind.MONEY),
    Column("amount", "Taken back", ColumnKind.MONEY),
    Column("number", "Counts", ColumnKind.COUNT),
)
_NAMES: Final = {AdjustmentKind.REFUND: "Refund", AdjustmentKind.DISPUTE: "Lost dispute"}
_REVERSED: Final = {
    AdjustmentKind.REFUND: "Refund that failed later",
    AdjustmentKind.DISPUTE: "Dispute that was won after all",
}
_NUMBER: Final = case((Adjustment.amount > 0, 1), else_=-1)
_REVERSALS: Final = (
    "A refund that failed after all, or a dispute that was lost no more, stands a second time, with a minus, "
    "on the day we learnt of it."
)


def run(session: Session, filters: Filters, words: Mapping[str, str], page: int) -> RowsPage:
    """One page. `kind` is refund or dispute, `source` stripe or offline, `sum` amount or number."""
    return read_page(session, _source(filters, words), page)


def stream(session: Session, filters: Filters, words: Mapping[str, str]) -> Generator[Row]:
    """All of them."""
    return read_all(session, _source(filters, words))


def _source(filters: Filters, words: Mapping[str, str]) -> Source:
    problems: list[str] = []
    is_number = words.get("sum") == "number"
    if words.get("sum", "amount") not in {"amount", "number"}:
        problems.append("We do not know what to sum, so the amounts are summed.")
    return Source(
        slug="adjustments",
        title="Refunds and lost disputes",
        noun="line",
        columns=_COLUMNS,
        query=select(
            Adjustment.occurred_at,
            Adjustment.kind,
            Supporter.reference,
            Donation.charged_at,
            Donation.frequency,
            Donation.source,
            Adjustment.currency,
            Donation.amount.label("gift"),
            Adjustment.amount,
            _NUMBER.label("number"),
        )
        .join(Donation, Donation.id == Adjustment.donation_id)
        .join(Supporter, Supporter.id == Donation.supporter_id)
        .where(*_asked(filters), *from_source(words, problems), *_of_kind(words, problems))
        .order_by(Adjustment.occurred_at.desc(), Adjustment.id.desc()),
        row=lambda found: _row(found, filters.zone),
        currency=None if is_number else Adjustment.currency,
        amount=_NUMBER if is_number else Adjustment.amount,
        definitions=(REFUNDS, DISPUTES),
        notes=(_REVERSALS,),
        problems=tuple(problems),
    )


def _asked(filters: Filters) -> Iterator[ColumnElement[bool]]:
    yield from between(Adjustment.occurred_at, filters)
    yield from known_by(Adjustment.recorded_at, filters)
    yield from of_gift(filters)


def _of_kind(words: Mapping[str, str], problems: list[str]) -> Iterator[ColumnElement[bool]]:
    kind = words.get("kind")
    if kind in set(AdjustmentKind):
        yield Adjustment.kind == kind
    elif kind:
        problems.append("What takes back is a refund or a dispute; both are shown.")


def _row(found: Any, zone: ZoneInfo) -> Row:
    occurred_at, kind, reference, charged_at, frequency, source, currency, gift, amount, number = found
    return (
        local_day(occurred_at, zone),
        f"{occurred_at.astimezone(zone):%H:%M}",
        (_NAMES if amount > 0 else _REVERSED)[kind],
        reference,
        local_day(charged_at, zone),
        FREQUENCY_NAMES[frequency],
        SOURCE_NAMES[source],
        currency,
        Money(gift, currency),
        Money(amount, currency),
        number,
    )
