"""The reference rates that are stored: the newest of each month and currency, and those before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from donations.models import ReferenceRate, StaffUser
from donations.reports.paging import PAGE_SIZE, Paged, Place


@dataclass(frozen=True, slots=True)
class ListedRate:
    """One month's rate of one currency, as it counts now."""

    rate: ReferenceRate
    recorded_by: str | None
    """The name of the member of staff; None from the command line."""
    former: tuple[ReferenceRate, ...]
    """Those that it replaced, the newest first."""


def list_rates(session: Session, currency: str | None, asked_page: int) -> Paged[ListedRate]:
    """One page of them, the newest month first; of one currency, or of all."""
    shown = [_is_newest()] if currency is None else [_is_newest(), ReferenceRate.currency == currency]
    total = session.scalar(select(func.count()).select_from(ReferenceRate).where(*shown)) or 0
    place = Place.of(asked_page, total)
    rows = session.execute(
        select(ReferenceRate, StaffUser.name)
        .outerjoin(StaffUser, StaffUser.id == ReferenceRate.recorded_by)
        .where(*shown)
        .order_by(ReferenceRate.month.desc(), ReferenceRate.currency)
        .limit(PAGE_SIZE)
        .offset(place.offset)
    ).all()
    former = _former(session, [row for row, _ in rows if row.version > 1])
    items = tuple(ListedRate(row, name, former.get((row.month, row.currency), ())) for row, name in rows)
    return Paged(items, place)


def listed_currencies(session: Session) -> tuple[str, ...]:
    """Those that have a rate in any month, in the order of their codes."""
    found = select(ReferenceRate.currency).distinct().order_by(ReferenceRate.currency)
    return tuple(session.scalars(found))


def _is_newest() -> ColumnElement[bool]:
    later = aliased(ReferenceRate)
    newer = select(later.id).where(
        later.month == ReferenceRate.month,
        later.currency == ReferenceRate.currency,
        later.version > ReferenceRate.version,
    )
    return ~newer.exists()


def _former(
    session: Session, rows: Iterable[ReferenceRate]
) -> Mapping[tuple[date, str], tuple[ReferenceRate, ...]]:
    newest = {(row.month, row.currency): row.version for row in rows}
    if not newest:
        return {}
    found = session.scalars(
        select(ReferenceRate)
        .where(tuple_(ReferenceRate.month, ReferenceRate.currency).in_(list(newest)))
        .order_by(ReferenceRate.version.desc())
    )
    former: dict[tuple[date, str], tuple[ReferenceRate, ...]] = {}
    for row in found:
        key = row.month, row.currency
        if row.version < newest[key]:
            former[key] = (*former.get(key, ()), row)
    return former
