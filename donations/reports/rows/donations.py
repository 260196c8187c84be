"""The donations behind a figure: by the day they were charged, in the zone of the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from donations.domain.money import Money
from donations.domain.periods import day_bounds, local_day
from donations.models import Donation, DonationSource, Supporter
from donations.reports.definitions import GROSS
from donations.reports.filters import Filter, Filters
from donations.reports.rows.page import RowsPage, Source, read_all, read_page
from donations.reports.table import Column, ColumnKind, Row
from donations.reports.words import FREQUENCY_NAMES, SOURCE_NAMES

APPLIES: Final = frozenset({Filter.PERIOD, Filter.ZONE, Filter.CURRENCY, Filter.FREQUENCY, Filter.KNOWN_ON})
WORDS: Final = frozenset({"sum", "source", "settled", "settlement_currency"})

_COLUMNS: Final = (
    Column("day", "Charged on", ColumnKind.DAY),
    Column("time", "At", ColumnKind.TEXT),
    Column("supporter", "Supporter", ColumnKind.SUPPORTER),
    Column("frequency", "Frequency", ColumnKind.TEXT),
    Column("source", "Source", ColumnKind.TEXT),
    Column("currency", "Currency", ColumnKind.CURRENCY),
    Column("amount", "Amount", ColumnKind.MONEY),
    Column("refunded", "Refunded", ColumnKind.MONEY),
    Column("settlement_currency", "Settled in", ColumnKind.CURRENCY),
    Column("settled", "Settled", ColumnKind.MONEY),
    Column("fee", "Fee", ColumnKind.MONEY),
    Column("net", "Net", ColumnKind.MONEY),
)
_SUMS: Final[Mapping[str, tuple[InstrumentedAttribute[Any], InstrumentedAttribute[Any]]]] = {
    "amount": (Donation.currency, Donation.amount),
    "refunded": (Donation.currency, Donation.refunded_amount),
    "settled": (Donation.settlement_currency, Donation.settled_amount),
    "fee": (Donation.settlement_currency, Donation.fee_amount),
    "net": (Donation.settlement_currency, Donation.net_amount),
}


def run(session: Session, filters: Filters, words: Mapping[str, str], page: int) -> RowsPage:
    """One page. `sum` names the column that is summed (`amount`), `source` is stripe or offline,
    `settled` is yes or no, `settlement_currency` a code."""
    return read_page(session, _source(filters, words), page)


def stream(session: Session, filters: Filters, words: Mapping[str, str]) -> Iterator[Row]:
    """All of them."""
    return read_all(session, _source(filters, words))


def _source(filters: Filters, words: Mapping[str, str]) -> Source:
    problems: list[str] = []
    name = words.get("sum", "amount")
    if name not in _SUMS:
        problems.append("We do not know what to sum, so the amounts are summed.")
    currency, amount = _SUMS.get(name, _SUMS["amount"])
    query = (
        select(
            Donation.charged_at,
            Supporter.reference,
            Donation.frequency,
            Donation.source,
            Donation.currency,
            Donation.amount,
            Donation.refunded_amount,
            Donation.settlement_currency,
            Donation.settled_amount,
            Donation.fee_amount,
            Donation.net_amount,
        )
        .join(Supporter, Supporter.id == Donation.supporter_id)
        .where(*_asked(filters), *_narrowed(words, problems))
        .order_by(Donation.charged_at.desc(), Donation.id.desc())
    )
    return Source(
        slug="donations",
        title="Donations",
        noun="donation",
        columns=_COLUMNS,
        query=query,
        row=lambda found: _row(found, filters.zone),
        currency=currency,
        amount=amount,
        definitions=(GROSS,),
        problems=tuple(problems),
    )


def _asked(filters: Filters) -> Iterator[ColumnElement[bool]]:
    begins, ends = filters.period.bounds(filters.zone)
    # The index is by the usual zone's day, from which no zone's day is further than one away.
    around = timedelta(days=1)
    yield Donation.charged_on.between(filters.period.first - around, filters.period.last + around)
    yield Donation.charged_at >= begins
    yield Donation.charged_at < ends
    if filters.known_on is not None:
        yield Donation.recorded_at < day_bounds(filters.known_on, filters.zone)[1]
    if filters.currency is not None:
        yield Donation.currency == filters.currency
    if filters.frequency is not None:
        yield Donation.frequency == filters.frequency


def _narrowed(words: Mapping[str, str], problems: list[str]) -> Iterator[ColumnElement[bool]]:
    source, settled = words.get("source"), words.get("settled")
    if source in set(DonationSource):
        yield Donation.source == source
    elif source:
        problems.append("We do not know that source, so all are shown.")
    if settled in {"yes", "no"}:
        yield Donation.fee_amount.is_not(None) if settled == "yes" else Donation.fee_amount.is_(None)
    elif settled:
        problems.append("A fee is known (yes) or not (no); all are shown.")
    if words.get("settlement_currency"):
        yield Donation.settlement_currency == words["settlement_currency"].lower()


def _row(found: Any, zone: ZoneInfo) -> Row:
    charged_at, reference, frequency, source, currency, amount, refunded, settled_in, *settled = found
    return (
        local_day(charged_at, zone),
        f"{charged_at.astimezone(zone):%H:%M}",
        reference,
        FREQUENCY_NAMES[frequency],
        SOURCE_NAMES[source],
        currency,
        Money(amount, currency),
        Money(refunded, currency),
        settled_in,
        *(None if settled_in is None else Money(each, settled_in) for each in settled),
    )
