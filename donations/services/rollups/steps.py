"""The steps towards a gift by day. Counts of visits grow in place, so days are counted anew, whole.

That costs what a day holds, is the same however often it is done, and today is nearly always the only
day that there are news of.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    SQLColumnExpression,
    delete,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from donations.domain.checkouts import CheckoutStatus
from donations.domain.conversion import Step
from donations.domain.periods import day_bounds
from donations.models import Checkout, VisitHour
from donations.models.rollups import DayStep
from donations.models.sql_time import local_day
from donations.services.rollups.target import Ids, Targets, add

_NAMES: Final = ("campaign", "article", "placement", "variant")
_Instant = InstrumentedAttribute[datetime]


def count_visits(session: Session, targets: Targets, zone: ZoneInfo, ids: Ids) -> None:
    """The days of these hours anew, or all hours into a table that has none of them."""
    if ids is None:
        add(session, targets[DayStep], _visits(zone).subquery())
        return
    _count_days(session, targets, zone, VisitHour.hour_at, VisitHour.id.in_(ids))


def count_checkouts(session: Session, targets: Targets, zone: ZoneInfo, ids: Ids) -> None:
    """The same of checkouts, by the day they were opened."""
    if ids is None:
        add(session, targets[DayStep], _checkouts(zone).subquery())
        return
    _count_days(session, targets, zone, Checkout.created_at, Checkout.id.in_(ids))


def _count_days(
    session: Session, targets: Targets, zone: ZoneInfo, at: _Instant, are_new: ColumnElement[bool]
) -> None:
    for day in session.scalars(select(local_day(at, zone.key)).where(are_new).distinct()).all():
        _count_day(session, targets, zone, day)


def _count_day(session: Session, targets: Targets, zone: ZoneInfo, day: date) -> None:
    table = targets[DayStep]
    session.execute(delete(table).where(table.c.zone == zone.key, table.c.day == day))
    begins, ends = day_bounds(day, zone)
    visits = _visits(zone).where(VisitHour.hour_at >= begins, VisitHour.hour_at < ends)
    within = Checkout.created_at >= begins, Checkout.created_at < ends
    for facts in (visits, _checkouts(zone, *within)):
        add(session, table, facts.subquery())


def _visits(zone: ZoneInfo) -> Select[*tuple[Any, ...]]:
    return select(
        *_key(zone, VisitHour.hour_at, VisitHour.step),
        *(getattr(VisitHour, name) for name in _NAMES),
        VisitHour.number.label("number"),
    )


def _checkouts(zone: ZoneInfo, *within: ColumnElement[bool]) -> CompoundSelect[*tuple[Any, ...]]:
    """One for each that was opened, and one more for each that was paid.

    The monthly gift that is offered on the page of thanks follows no visit, and is left out.
    """
    opened, paid = (
        select(
            *_key(zone, Checkout.created_at, literal(step.value)),
            *(func.coalesce(getattr(Checkout, name), "").label(name) for name in _NAMES),
            literal(1).label("number"),
        ).where(Checkout.first_charge_at.is_(None), *within)
        for step in (Step.CHECKOUT, Step.PAID)
    )
    return union_all(opened, paid.where(Checkout.status == CheckoutStatus.PAID))


def _key(
    zone: ZoneInfo, happened_at: _Instant, step: SQLColumnExpression[Any]
) -> tuple[ColumnElement[Any], ...]:
    return (
        literal(zone.key).label("zone"),
        local_day(happened_at, zone.key).label("day"),
        step.label("step"),
    )
