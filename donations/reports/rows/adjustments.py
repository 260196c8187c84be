"""The refunds and lost disputes behind a figure: by the day on which the money was taken back."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from donations.domain.adjustments import AdjustmentKind
from donations.domain.money import Money
from donations.domain.periods import local_day
from donations.models import Adjustment, Donation, Supporter
from donations.reports.campaign_money import TAKEN_BACK
from donations.reports.filters import Filter, Filters
from donations.reports.rows.conditions import known_by, of_origin
from donations.reports.rows.page import RowsPage, Source, read_all, read_page
from donations.reports.table import Column, ColumnKind, Row
from donations.reports.words import FREQUENCY_NAMES

APPLIES: Final = frozenset(
    {
        Filter.PERIOD,
        Filter.ZONE,
        Filter.CURRENCY,
        Filter.FREQUENCY,
        Filter.CAMPAIGN,
        Filter.ARTICLE,
        Filter.PLACEMENT,
        Filter.KNOWN_ON,
    }
)
WORDS: Final = frozenset({"kind"})

_COLUMNS: Final = (
    Column("day", "On", ColumnKind.DAY),
    Column("time", "At", ColumnKind.TEXT),
    Column("supporter", "Supporter", ColumnKind.SUPPORTER),
    Column("kind", "What", ColumnKind.TEXT),
    Column("charged_on", "Charged on", ColumnKind.DAY),
    Column("frequency", "Frequency", ColumnKind.TEXT),
    Column("currency", "Currency", ColumnKind.CURRENCY),
    Column("amount", "Taken back", ColumnKind.MONEY),
)
_NAMES: Final = {AdjustmentKind.REFUND: "Refund", AdjustmentKind.DISPUTE: "Lost dispute"}
_REVERSED: Final = {
    AdjustmentKind.REFUND: "Refund that failed later",
    AdjustmentKind.DISPUTE: "Dispute that was won after all",
}


def run(session: Session, filters: Filters, words: Mapping[str, str], page: int) -> RowsPage:
    """One page. `kind` is refund or dispute."""
    return read_page(session, _source(filters, words), page)


def stream(session: Session, filters: Filters, words: Mapping[str, str]) -> Generator[Row]:
    """All of them."""
    return read_all(session, _source(filters, words))


def _source(filters: Filters, words: Mapping[str, str]) -> Source:
    problems: list[str] = []
    return Source(
        slug="adjustments",
        title="Refunds and lost disputes",
        noun="line",
        columns=_COLUMNS,
        query=select(
            Adjustment.occurred_at,
            Supporter.reference,
            Adjustment.kind,
            Donation.charged_at,
            Donation.frequency,
            Adjustment.currency,
            Adjustment.amount,
        )
        .join(Donation, Donation.id == Adjustment.donation_id)
        .join(Supporter, Supporter.id == Donation.supporter_id)
        .where(*_asked(filters), *_narrowed(words, problems))
        .order_by(Adjustment.occurred_at.desc(), Adjustment.id.desc()),
        row=lambda found: _row(found, filters.zone),
        currency=Adjustment.currency,
        amount=Adjustment.amount,
        definitions=(TAKEN_BACK,),
        problems=tuple(problems),
    )


def _asked(filters: Filters) -> Iterator[ColumnElement[bool]]:
    begins, ends = filters.period.bounds(filters.zone)
    yield Adjustment.occurred_at >= begins
    yield Adjustment.occurred_at < ends
    yield from known_by(Adjustment.recorded_at, filters)
    yield from of_origin(Donation.origin_id, filters)
    if filters.currency is not None:
        yield Adjustment.currency == filters.currency
    if filters.frequency is not None:
        yield Donation.frequency == filters.frequency


def _narrowed(words: Mapping[str, str], problems: list[str]) -> Iterator[ColumnElement[bool]]:
    kind = words.get("kind")
    if kind in set(AdjustmentKind):
        yield Adjustment.kind == kind
    elif kind:
        problems.append("There are refunds (refund) and lost disputes (dispute); both are shown.")


def _row(found: Any, zone: ZoneInfo) -> Row:
    at, reference, kind, charged_at, frequency, currency, amount = found
    return (
        local_day(at, zone),
        f"{at.astimezone(zone):%H:%M}",
        reference,
        (_NAMES if amount > 0 else _REVERSED)[kind],
        local_day(charged_at, zone),
        FREQUENCY_NAMES[frequency],
        currency,
        Money(amount, currency),
    )
