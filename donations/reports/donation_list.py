"""The list of donations with its filters, and what they come to, each currency for itself.

What they come to is read from the daily sums, and so is where a page of the list begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.orm import Session

from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.domain.periods import Period, local_day
from donations.models import Donation, DonationSource, Supporter
from donations.models.insert import table_of
from donations.models.rollups import DayMoney, MonthMoney
from donations.reports.filter_words import read_currency, read_frequency, read_period
from donations.reports.paging import PAGE_SIZE, Paged, Place

_DAYS_AT_ONCE: Final = 100


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
    # All that was ever given is few months and many days.
    table = table_of(MonthMoney if filters.period is None else DayMoney)
    sums = (table.c.donations, table.c.gross, table.c.refunded, table.c.donations - table.c.settled_donations)
    rows = session.execute(
        select(table.c.currency, *map(func.sum, sums))
        .where(*_summed(table, filters, zone))
        .group_by(table.c.currency)
        .order_by(table.c.currency)
    )
    return tuple(_total(code, *map(int, found)) for code, *found in rows)


def _total(currency: str, number: int, gross: int, refunded: int, pending: int) -> DonationTotal:
    return DonationTotal(number, Money(gross, currency), Money(refunded, currency), pending)


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
    days: list[date] = []
    before, seen = 0, 0
    for day, number in _by_day(session, filters, zone):
        seen += number
        if seen <= offset:
            before = seen
        elif seen - number < offset + PAGE_SIZE:
            days.append(day)
        else:
            break
    return days, offset - before


def _by_day(session: Session, filters: DonationFilters, zone: ZoneInfo) -> Iterator[tuple[date, int]]:
    """How many donations on each day that has any, the last day first. Some days are read at a time: a page
    is nearly always one of the first."""
    table = table_of(DayMoney)
    number = func.sum(table.c.donations)
    query = (
        select(table.c.day, number)
        .where(*_summed(table, filters, zone), table.c.donations > 0)
        .group_by(table.c.day)
        .order_by(table.c.day.desc())
        .limit(_DAYS_AT_ONCE)
    )
    some = session.execute(query).all()
    while some:
        yield from ((day, int(each)) for day, each in some)
        some = session.execute(query.where(table.c.day < some[-1][0])).all()


def donation_conditions(filters: DonationFilters) -> list[ColumnElement[bool]]:
    """What the filters leave, for a query of donations."""
    return _left(table_of(Donation), filters, table_of(Donation).c.charged_on)


def _summed(table: Table[Any], filters: DonationFilters, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    return [table.c.zone == zone.key, *_left(table, filters, table.c.get("day"))]


def _left(
    table: Table[Any], filters: DonationFilters, day: ColumnElement[date] | None
) -> list[ColumnElement[bool]]:
    asked = {"currency": filters.currency, "frequency": filters.frequency, "source": filters.source}
    conditions = [table.c[name] == word for name, word in asked.items() if word is not None]
    if filters.period is not None and day is not None:
        conditions.append(day.between(filters.period.first, filters.period.last))
    return conditions
