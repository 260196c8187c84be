"""Filters in the database's words, for columns that several kinds of row have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from donations.domain.periods import day_bounds
from donations.models import Donation, DonationSource, Origin
from donations.reports.filters import Filters


def between(instant: SQLColumnExpression[Any], filters: Filters) -> Iterator[ColumnElement[bool]]:
    """On a day of the period, in the zone of the report."""
    begins, ends = filters.period.bounds(filters.zone)
    yield instant >= begins
    yield instant < ends


def known_by(instant: SQLColumnExpression[Any], filters: Filters) -> Iterator[ColumnElement[bool]]:
    """Recorded by the end of the day of "as known on", in the zone of the report."""
    if filters.known_on is not None:
        yield instant < day_bounds(filters.known_on, filters.zone)[1]


def of_origin(
    origin_id: InstrumentedAttribute[int | None], filters: Filters
) -> Iterator[ColumnElement[bool]]:
    """From the campaign, article and placement that are asked for; '' asks for those that have none."""
    asked = (
        (Origin.campaign, filters.campaign),
        (Origin.article, filters.article),
        (Origin.placement, filters.placement),
    )
    named = [column == name for column, name in asked if name is not None]
    if not named:
        return
    is_among = origin_id.in_(select(Origin.id).where(*named))
    # What has no origin at all has none of the three.
    has_none = not any((filters.campaign, filters.article, filters.placement))
    yield or_(origin_id.is_(None), is_among) if has_none else is_among


def of_gift(filters: Filters) -> Iterator[ColumnElement[bool]]:
    """Of a donation of the currency and frequency that are asked for, and from there."""
    yield from of_origin(Donation.origin_id, filters)
    if filters.currency is not None:
        yield Donation.currency == filters.currency
    if filters.frequency is not None:
        yield Donation.frequency == filters.frequency


def from_source(words: Mapping[str, str], problems: list[str]) -> Iterator[ColumnElement[bool]]:
    """Of a donation that came as `source` says: stripe or offline."""
    source = words.get("source")
    if source in set(DonationSource):
        yield Donation.source == source
    elif source:
        problems.append("We do not know that source, so all are shown.")
