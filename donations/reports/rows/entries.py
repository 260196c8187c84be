"""What net is made of: every gift, and everything that was taken off gifts, as lines that add up to it."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Select, String, cast, func, literal, select, union_all
from sqlalchemy.orm import Session

from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.domain.periods import local_day
from donations.models import Adjustment, Donation, DonationSource, Supporter
from donations.models.sql_fees import fee_in_currency
from donations.reports.definitions import NET
from donations.reports.filters import Filters
from donations.reports.rows import donations
from donations.reports.rows.conditions import between, from_source, known_by, of_gift
from donations.reports.rows.page import RowsPage, Source, read_all, read_page
from donations.reports.table import Column, ColumnKind, Row
from donations.reports.words import FREQUENCY_NAMES, SOURCE_NAMES

APPLIES: Final = donations.APPLIES
WORDS: Final = frozenset({"source"})

_NAMES: Final = {"gift": "Gift", "fee": "Fee", "refund": "Refund", "dispute": "Lost dispute"}
_COLUMNS: Final = (
    Column("day", "Day", ColumnKind.DAY),
    Column("time", "At", ColumnKind.TEXT),
    Column("what", "What", ColumnKind.TEXT),
    Column("supporter", "Supporter", ColumnKind.SUPPORTER),
    Column("frequency", "Frequency", ColumnKind.TEXT),
    Column("source", "Source", ColumnKind.TEXT),
    Column("currency", "Currency", ColumnKind.CURRENCY),
    Column("amount", "Amount", ColumnKind.MONEY, definition=NET),
)
_Lines = Select[*tuple[Any, ...]]


def run(session: Session, filters: Filters, words: Mapping[str, str], page: int) -> RowsPage:
    """One page. `source` is stripe or offline."""
    return read_page(session, _source(filters, words), page)


def stream(session: Session, filters: Filters, words: Mapping[str, str]) -> Generator[Row]:
    """All of them."""
    return read_all(session, _source(filters, words))


def _source(filters: Filters, words: Mapping[str, str]) -> Source:
    problems: list[str] = []
    shared = (*of_gift(filters), *from_source(words, problems))
    kinds = (_gifts(filters), _fees(filters), _taken_back(filters))
    lines = union_all(*(each.where(*shared) for each in kinds)).subquery()
    of = lines.c
    return Source(
        slug="entries",
        title="What net is made of",
        noun="line",
        columns=_COLUMNS,
        query=select(of.at, of.what, Supporter.reference, of.frequency, of.source, of.currency, of.amount)
        .join_from(lines, Supporter, Supporter.id == of.supporter_id)
        .order_by(of.at.desc(), of.what, of.id.desc()),
        row=lambda found: _row(found, filters.zone),
        currency=of.currency,
        amount=of.amount,
        definitions=(NET,),
        problems=tuple(problems),
    )


def _gifts(filters: Filters) -> _Lines:
    return select(
        Donation.id.label("id"),
        Donation.charged_at.label("at"),
        literal("gift").label("what"),
        *_of_donation(),
        Donation.amount.label("amount"),
    ).where(*between(Donation.charged_at, filters), *known_by(Donation.recorded_at, filters))


def _fees(filters: Filters) -> _Lines:
    learnt_at = func.coalesce(Donation.settlement_recorded_at, Donation.recorded_at)
    return select(
        Donation.id.label("id"),
        Donation.charged_at.label("at"),
        literal("fee").label("what"),
        *_of_donation(),
        (-fee_in_currency()).label("amount"),
    ).where(
        *between(Donation.charged_at, filters),
        *known_by(learnt_at, filters),
        Donation.fee_amount.is_not(None),
    )


def _taken_back(filters: Filters) -> _Lines:
    return (
        select(
            Adjustment.id.label("id"),
            Adjustment.occurred_at.label("at"),
            cast(Adjustment.kind, String).label("what"),
            *_of_donation(),
            (-Adjustment.amount).label("amount"),
        )
        .join(Donation, Donation.id == Adjustment.donation_id)
        .where(*between(Adjustment.occurred_at, filters), *known_by(Adjustment.recorded_at, filters))
    )


def _of_donation() -> tuple[Any, ...]:
    return (
        Donation.supporter_id.label("supporter_id"),
        cast(Donation.frequency, String).label("frequency"),
        cast(Donation.source, String).label("source"),
        Donation.currency.label("currency"),
    )


def _row(found: Any, zone: ZoneInfo) -> Row:
    at, what, reference, frequency, source, currency, amount = found
    return (
        local_day(at, zone),
        f"{at.astimezone(zone):%H:%M}",
        _NAMES[what],
        reference,
        FREQUENCY_NAMES[Frequency(frequency)],
        SOURCE_NAMES[DonationSource(source)],
        currency,
        Money(amount, currency),
    )
