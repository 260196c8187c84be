"""The disputes behind a figure: by the day on which they were opened, in the zone of the report."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.money import Money
from donations.domain.periods import local_day
from donations.models import Dispute, Donation, Supporter
from donations.reports.definitions import DISPUTES_OPENED
from donations.reports.disputes import STATUS_NAMES, Outcome, asked, ended_in
from donations.reports.filters import Filter, Filters
from donations.reports.rows.page import RowsPage, Source, read_all, read_page
from donations.reports.table import Column, ColumnKind, Row
from donations.reports.words import FREQUENCY_NAMES

APPLIES: Final = frozenset({Filter.PERIOD, Filter.ZONE, Filter.CURRENCY, Filter.FREQUENCY})
WORDS: Final = frozenset({"outcome"})

_COLUMNS: Final = (
    Column("day", "Opened on", ColumnKind.DAY),
    Column("supporter", "Supporter", ColumnKind.SUPPORTER),
    Column("charged_on", "Payment of", ColumnKind.DAY),
    Column("frequency", "Frequency", ColumnKind.TEXT),
    Column("status", "How it stands", ColumnKind.TEXT),
    Column("reason", "Reason given", ColumnKind.TEXT),
    Column("currency", "Currency", ColumnKind.CURRENCY),
    Column("amount", "Amount", ColumnKind.MONEY),
)


def run(session: Session, filters: Filters, words: Mapping[str, str], page: int) -> RowsPage:
    """One page. `outcome` is open, lost or kept."""
    return read_page(session, _source(filters, words), page)


def stream(session: Session, filters: Filters, words: Mapping[str, str]) -> Generator[Row]:
    """All of them."""
    return read_all(session, _source(filters, words))


def _source(filters: Filters, words: Mapping[str, str]) -> Source:
    outcome = words.get("outcome", "")
    query = (
        select(
            Dispute.opened_at,
            Supporter.reference,
            Donation.charged_at,
            Donation.frequency,
            Dispute.status,
            Dispute.reason,
            Dispute.currency,
            Dispute.amount,
        )
        .join(Donation, Donation.id == Dispute.donation_id)
        .join(Supporter, Supporter.id == Donation.supporter_id)
        .where(*asked(filters, filters.period))
        .order_by(Dispute.opened_at.desc(), Dispute.id.desc())
    )
    is_known = outcome in set(Outcome)
    return Source(
        slug="disputes",
        title="Disputes",
        noun="dispute",
        columns=_COLUMNS,
        query=query.where(ended_in(Outcome(outcome))) if is_known else query,
        row=lambda found: _row(found, filters.zone),
        currency=Dispute.currency,
        amount=Dispute.amount,
        definitions=(DISPUTES_OPENED,),
        problems=("We do not know that outcome, so all are shown.",) if outcome and not is_known else (),
    )


def _row(found: Any, zone: ZoneInfo) -> Row:
    opened_at, reference, charged_at, frequency, status, reason, currency, amount = found
    return (
        local_day(opened_at, zone),
        reference,
        local_day(charged_at, zone),
        FREQUENCY_NAMES[frequency],
        STATUS_NAMES[status],
        None if reason is None else reason.replace("_", " ").capitalize(),
        currency,
        Money(amount, currency),
    )
