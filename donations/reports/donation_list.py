"""The list of donations with its filters, and what they come to, each currency for itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.domain.periods import Period, local_day
from donations.models import Donation, DonationSource, Supporter
from donations.reports.filter_words import read_currency, read_frequency, read_period
from donations.reports.paging import PAGE_SIZE, Paged, Place


@dataclass(frozen=True, slots=True)
class DonationFilters:
    period: Period | None = None
    preset: str | None = None
    currency: str | None = None
    frequency: Frequency | None = None
    source: DonationSource | None = None

    @property
    def are_any(self) -> bool:
        return self != DonationFilters(preset=self.preset)

    def words(self) -> dict[str, str]:
        """As they would stand in an address; the period by its days."""
        chosen = {"currency": self.currency, "frequency": self.frequency, "source": self.source}
        period = self.period
        days = {} if period is None else {"from": str(period.first), "to": str(period.last)}
        return days | {name: str(word) for name, word in chosen.items() if word}


@dataclass(frozen=True, slots=True)
class DonationTotal:
    """All donations of one currency that the filters leave."""

    donations: int
    gross: Money
    refunded: Money
    pending: int
    """How many have no fee and net yet."""


def read_donation_filters(
    words: Mapping[str, str], as_of: datetime, zone: ZoneInfo
) -> tuple[DonationFilters, tuple[str, ...]]:
    """The filters as understood, and a sentence for each word that was not."""
    problems: list[str] = []
    preset, period = read_period(words, local_day(as_of, zone), problems)
    source = words.get("source") or None
    if source is not None and source not in set(DonationSource):
        problems.append("We do not know that source, so all are shown.")
        source = None
    filters = DonationFilters(
        period=period,
        preset=preset,
        currency=read_currency(words, problems),
        frequency=read_frequency(words, problems),
        source=DonationSource(source) if source else None,
    )
    return filters, tuple(problems)


def donation_totals(session: Session, filters: DonationFilters) -> tuple[DonationTotal, ...]:
    """One for each currency, in the order of their codes."""
    rows = session.execute(
        select(
            Donation.currency,
            func.count(),
            func.sum(Donation.amount),
            func.sum(Donation.refunded_amount),
            func.count(Donation.fee_amount),
        )
        .where(*donation_conditions(filters))
        .group_by(Donation.currency)
        .order_by(Donation.currency)
    )
    return tuple(
        DonationTotal(number, Money(int(gross), code), Money(int(refunded), code), number - settled)
        for code, number, gross, refunded, settled in rows
    )


def list_donations(
    session: Session, filters: DonationFilters, total: int, asked_page: int
) -> Paged[tuple[Donation, Supporter]]:
    """One page of them, the newest first. `total` is the sum of `donation_totals`."""
    place = Place.of(asked_page, total)
    rows = session.execute(
        select(Donation, Supporter)
        .join(Supporter, Supporter.id == Donation.supporter_id)
        .where(*donation_conditions(filters))
        .order_by(Donation.charged_on.desc(), Donation.charged_at.desc(), Donation.id.desc())
        .limit(PAGE_SIZE)
        .offset(place.offset)
    )
    return Paged(tuple((donation, supporter) for donation, supporter in rows), place)


def donation_conditions(filters: DonationFilters) -> list[ColumnElement[bool]]:
    """What the filters leave, for a query of donations."""
    conditions: list[ColumnElement[bool]] = []
    if filters.period is not None:
        conditions.append(Donation.charged_on.between(filters.period.first, filters.period.last))
    if filters.currency is not None:
        conditions.append(Donation.currency == filters.currency)
    if filters.frequency is not None:
        conditions.append(Donation.frequency == filters.frequency)
    if filters.source is not None:
        conditions.append(Donation.source == filters.source)
    return conditions
