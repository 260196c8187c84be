"""The lines of the recurring-revenue ledger behind a figure, by the day on which they were so."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from fractions import Fraction
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from donations.domain.money import Money
from donations.domain.movements import MONTHS_A_YEAR, ChurnCause, MovementKind
from donations.domain.periods import local_day
from donations.models import Movement, Subscription, Supporter
from donations.reports.definitions import MRR
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
WORDS: Final = frozenset({"movement", "cause"})

KIND_NAMES: Final[Mapping[MovementKind, str]] = {
    MovementKind.NEW: "New",
    MovementKind.REACTIVATED: "Reactivated",
    MovementKind.UPGRADED: "Upgraded",
    MovementKind.DOWNGRADED: "Downgraded",
    MovementKind.PAUSED: "Paused",
    MovementKind.RESUMED: "Resumed",
    MovementKind.CHURNED: "Churned",
}
CAUSE_NAMES: Final[Mapping[ChurnCause, str]] = {
    ChurnCause.VOLUNTARY: "By their own wish",
    ChurnCause.PAYMENT_FAILURE: "Payments failed",
    ChurnCause.DISPUTE: "Dispute",
}
_COLUMNS: Final = (
    Column("day", "On", ColumnKind.DAY),
    Column("time", "At", ColumnKind.TEXT),
    Column("supporter", "Supporter", ColumnKind.SUPPORTER),
    Column("movement", "Movement", ColumnKind.TEXT),
    Column("cause", "Cause", ColumnKind.TEXT),
    Column("frequency", "Frequency", ColumnKind.TEXT),
    Column("currency", "Currency", ColumnKind.CURRENCY),
    Column("mrr", "MRR", ColumnKind.MONEY, is_change=True),
)


def run(session: Session, filters: Filters, words: Mapping[str, str], page: int) -> RowsPage:
    """One page. `movement` is a kind of movement, `cause` why a gift ended."""
    return read_page(session, _source(filters, words), page)


def stream(session: Session, filters: Filters, words: Mapping[str, str]) -> Generator[Row]:
    """All of them."""
    return read_all(session, _source(filters, words))


def _source(filters: Filters, words: Mapping[str, str]) -> Source:
    problems: list[str] = []
    return Source(
        slug="movements",
        title="Movements of recurring revenue",
        noun="movement",
        columns=_COLUMNS,
        query=select(
            Movement.occurred_at,
            Supporter.reference,
            Movement.kind,
            Movement.cause,
            Movement.frequency,
            Movement.currency,
            Movement.annual_amount,
        )
        .join(Subscription, Subscription.id == Movement.subscription_id)
        .join(Supporter, Supporter.id == Movement.supporter_id)
        .where(*_asked(filters), *_narrowed(words, problems))
        .order_by(Movement.occurred_at.desc(), Movement.id.desc()),
        row=lambda found: _row(found, filters.zone),
        currency=Movement.currency,
        amount=Movement.annual_amount,
        divided_by=MONTHS_A_YEAR,
        definitions=(MRR,),
        notes=("Each line is rounded for showing; the sum is rounded once.",),
        problems=tuple(problems),
    )


def _asked(filters: Filters) -> Iterator[ColumnElement[bool]]:
    begins, ends = filters.period.bounds(filters.zone)
    yield Movement.occurred_at >= begins
    yield Movement.occurred_at < ends
    yield from known_by(Movement.recorded_at, filters)
    yield from of_origin(Subscription.origin_id, filters)
    if filters.currency is not None:
        yield Movement.currency == filters.currency
    if filters.frequency is not None:
        yield Movement.frequency == filters.frequency


def _narrowed(words: Mapping[str, str], problems: list[str]) -> Iterator[ColumnElement[bool]]:
    kind, cause = words.get("movement"), words.get("cause")
    if kind in set(MovementKind):
        yield Movement.kind == kind
    elif kind:
        problems.append("We do not know that movement, so all are shown.")
    if cause in set(ChurnCause):
        yield Movement.cause == cause
    elif cause:
        problems.append("We do not know that cause, so all are shown.")


def _row(found: Any, zone: ZoneInfo) -> Row:
    at, reference, kind, cause, frequency, currency, annual = found
    return (
        local_day(at, zone),
        f"{at.astimezone(zone):%H:%M}",
        reference,
        KIND_NAMES[kind],
        None if cause is None else CAUSE_NAMES[cause],
        FREQUENCY_NAMES[frequency],
        currency,
        Money(round(Fraction(annual, MONTHS_A_YEAR)), currency),
    )
