"""The list of donations with its filters, and what they come to, each currency for itself.

What they come to is read from the daily sums, and so is where a page of the list begins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.orm import Session

from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.domain.periods import Period, local_day
from donations.models import Donation, DonationSource, Supporter
from donations.models.insert import table_of
from donations.models.rollups import DayMoney
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
    """Refunds made in the period, whenever the donation was."""
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


def donation_totals(session: Session, filters: DonationFilters, zone: ZoneInfo) -> tuple[DonationTotal, ...]:
    """One for each currency, in the order of their codes. `zone` is that of all reports."""
    rows = session.execute(
        select(
            DayMoney.currency,
            func.sum(DayMoney.donations),
            func.sum(DayMoney.gross),
            func.sum(DayMoney.refunded),
            func.sum(DayMoney.donations - DayMoney.settled_donations),
        )
        .where(*_summed(filters, zone))
        .group_by(DayMoney.currency)
        .order_by(DayMoney.currency)
    )
    return tuple(
        DonationTotal(int(number), Money(int(gross), code), Money(int(refunded), code), int(pending))
        for code, number, gross, refunded, pending in rows
    )


def list_donations(
    session: Session, filters: DonationFilters, zone: ZoneInfo, total: int, asked_page: int
) -> Paged[tuple[Donation, Supporter]]:
    """One page of them, the newest first. `total` is the sum of `donation_totals`.

    The sums tell on which days the page falls, so that only these are looked at, however far back.
    """
    place = Place.of(asked_page, total)
    days, passed = _days_of_page(session, filters, zone, place.offset)
    rows = session.execute(
        select(Donation, Supporter)
        .join(Supporter, Supporter.id == Donation.supporter_id)
        .where(Donation.charged_on.in_(days), *donation_conditions(filters))
        .order_by(Donation.charged_on.desc(), Donation.charged_at.desc(), Donation.id.desc())
        .limit(PAGE_SIZE)
        .offset(passed)
    )
    return Paged(tuple((donation, supporter) for donation, supporter in rows), place)


def _days_of_page(
    session: Session, filters: DonationFilters, zone: ZoneInfo, offset: int
) -> tuple[list[date], int]:
    """The days that the page falls on, and how many donations of these come before it."""
    by_day = session.execute(
        select(DayMoney.day, func.sum(DayMoney.donations))
        .where(*_summed(filters, zone), DayMoney.donations > 0)
        .group_by(DayMoney.day)
        .order_by(DayMoney.day.desc())
    )
    days: list[date] = []
    before, seen = 0, 0
    for day, number in by_day:
        seen += int(number)
        if seen <= offset:
            before = seen
        elif seen - int(number) < offset + PAGE_SIZE:
            days.append(day)
    return days, offset - before


def donation_conditions(filters: DonationFilters) -> list[ColumnElement[bool]]:
    """What the filters leave, for a query of donations."""
    return _left(table_of(Donation), filters, table_of(Donation).c.charged_on)


def _summed(filters: DonationFilters, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    table = table_of(DayMoney)
    return [table.c.zone == zone.key, *_left(table, filters, table.c.day)]


def _left(table: Table[Any], filters: DonationFilters, day: ColumnElement[date]) -> list[ColumnElement[bool]]:
    asked = {"currency": filters.currency, "frequency": filters.frequency, "source": filters.source}
    conditions = [table.c[name] == word for name, word in asked.items() if word is not None]
    if filters.period is not None:
        conditions.append(day.between(filters.period.first, filters.period.last))
    return conditions
