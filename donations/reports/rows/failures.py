"""The failed payments behind a figure: by the day on which they first failed, in the zone of the report."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from donations.domain.failures import TIME_TO_RECOVER
from donations.domain.periods import local_day
from donations.models import PaymentFailure, Subscription, Supporter
from donations.models.sql_time import seconds_between
from donations.reports.definitions import FAILED
from donations.reports.filters import Filter, Filters
from donations.reports.rows.page import RowsPage, Source, read_all, read_page
from donations.reports.table import Column, ColumnKind, Row
from donations.reports.words import FREQUENCY_NAMES

APPLIES: Final = frozenset({Filter.PERIOD, Filter.ZONE, Filter.CURRENCY, Filter.FREQUENCY})
WORDS: Final = frozenset({"outcome", "confirmation"})

_COLUMNS: Final = (
    Column("day", "First failed on", ColumnKind.DAY),
    Column("time", "At", ColumnKind.TEXT),
    Column("supporter", "Supporter", ColumnKind.SUPPORTER),
    Column("frequency", "Frequency", ColumnKind.TEXT),
    Column("currency", "Currency", ColumnKind.CURRENCY),
    Column("confirmation", "Needed confirmation", ColumnKind.TEXT),
    Column("outcome", "What became of it", ColumnKind.TEXT),
    Column("outcome_on", "On", ColumnKind.DAY),
)
_IN_TIME: Final = seconds_between(PaymentFailure.failed_at, PaymentFailure.recovered_at) <= int(
    TIME_TO_RECOVER.total_seconds()
)
_IS_RECOVERED: Final = PaymentFailure.recovered_at.is_not(None)
_IS_GIVEN_UP: Final = PaymentFailure.given_up_at.is_not(None)
_OUTCOMES: Final[Mapping[str, ColumnElement[bool]]] = {
    "recovered": _IS_RECOVERED,
    "in_time": _IS_RECOVERED & _IN_TIME,
    "later": _IS_RECOVERED & ~_IN_TIME,
    "not_recovered": ~_IS_RECOVERED,
    "given_up": _IS_GIVEN_UP,
    "open": ~_IS_RECOVERED & ~_IS_GIVEN_UP,
}


def run(session: Session, filters: Filters, words: Mapping[str, str], page: int) -> RowsPage:
    """One page. `outcome` is recovered, in_time, later, not_recovered, given_up or open; `confirmation`
    is yes or no."""
    return read_page(session, _source(filters, words), page)


def stream(session: Session, filters: Filters, words: Mapping[str, str]) -> Generator[Row]:
    """All of them."""
    return read_all(session, _source(filters, words))


def _source(filters: Filters, words: Mapping[str, str]) -> Source:
    problems: list[str] = []
    return Source(
        slug="failures",
        title="Failed payments",
        noun="failed payment",
        columns=_COLUMNS,
        query=select(
            PaymentFailure.failed_at,
            Supporter.reference,
            PaymentFailure.frequency,
            Subscription.currency,
            PaymentFailure.needed_confirmation,
            PaymentFailure.recovered_at,
            PaymentFailure.given_up_at,
        )
        .join(Subscription, Subscription.id == PaymentFailure.subscription_id)
        .join(Supporter, Supporter.id == Subscription.supporter_id)
        .where(*_asked(filters), *_narrowed(words, problems))
        .order_by(PaymentFailure.failed_at.desc(), PaymentFailure.id.desc()),
        row=lambda found: _row(found, filters.zone),
        definitions=(FAILED,),
        problems=tuple(problems),
    )


def _asked(filters: Filters) -> Iterator[ColumnElement[bool]]:
    begins, ends = filters.period.bounds(filters.zone)
    yield PaymentFailure.failed_at >= begins
    yield PaymentFailure.failed_at < ends
    if filters.currency is not None:
        yield Subscription.currency == filters.currency
    if filters.frequency is not None:
        yield PaymentFailure.frequency == filters.frequency


def _narrowed(words: Mapping[str, str], problems: list[str]) -> Iterator[ColumnElement[bool]]:
    outcome, confirmation = words.get("outcome"), words.get("confirmation")
    if outcome in _OUTCOMES:
        yield _OUTCOMES[outcome]
    elif outcome:
        problems.append("We do not know that outcome, so all are shown.")
    if confirmation in {"yes", "no"}:
        yield PaymentFailure.needed_confirmation.is_(confirmation == "yes")
    elif confirmation:
        problems.append("A payment needed confirmation (yes) or did not (no); all are shown.")


def _row(found: Any, zone: ZoneInfo) -> Row:
    failed_at, reference, frequency, currency, needed_confirmation, recovered_at, given_up_at = found
    ended_at = recovered_at or given_up_at
    return (
        local_day(failed_at, zone),
        f"{failed_at.astimezone(zone):%H:%M}",
        reference,
        FREQUENCY_NAMES[frequency],
        currency,
        "Yes" if needed_confirmation else "No",
        "Recovered" if recovered_at else "Given up" if given_up_at else "Still owed",
        None if ended_at is None else local_day(ended_at, zone),
    )
