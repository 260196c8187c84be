"""Recurring revenue by day, and by the month in which its supporter began."""

from __future__ import annotations

from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, String, case, cast, func, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from donations.models import Movement, Subscription
from donations.models.rollups import (
    CohortMonth,
    DayMovement,
    DayMovementByOrigin,
    MonthMovement,
    MonthMovementByOrigin,
)
from donations.models.sql_time import local_day, local_month
from donations.services.rollups.target import Facts, Ids, Targets, add

_ALL: Final = (DayMovement, DayMovementByOrigin, MonthMovement, MonthMovementByOrigin)


def add_movements(session: Session, targets: Targets, zone: ZoneInfo, ids: Ids) -> None:
    """A line that changes a rhythm is taken off the one and added to the other."""
    after = Movement.annual_before + Movement.annual_amount
    is_switch = Movement.switched_from.is_not(None)
    counted = _one_if(after > 0)
    counted_before = _one_if(Movement.annual_before > 0)
    into = _side(
        zone,
        Movement.frequency,
        lines=literal(1),
        gifts=case((is_switch, counted), else_=counted - counted_before),
        annual=case((is_switch, after), else_=Movement.annual_amount),
        supporters=Movement.supporters,
        supporters_in_currency=Movement.supporters_in_currency,
    )
    out_of = _side(
        zone,
        Movement.switched_from,
        lines=literal(0),
        gifts=-counted_before,
        annual=-Movement.annual_before,
        supporters=literal(0),
        supporters_in_currency=literal(0),
    ).where(is_switch)
    facts = union_all(_chosen(into, ids), _chosen(out_of, ids)).subquery()
    for model in _ALL:
        add(session, targets[model], facts)


def add_cohorts(session: Session, targets: Targets, zone: ZoneInfo, ids: Ids) -> None:
    """A supporter's cohort is the month of their first line in the ledger, whatever came before or after."""
    first = aliased(Movement)
    if ids is None:
        firsts = select(func.min(Movement.id).label("id")).group_by(Movement.supporter_id).subquery()
        began = select(first.supporter_id, first.occurred_at).join(firsts, firsts.c.id == first.id).subquery()
        source = select().select_from(Movement).join(began, began.c.supporter_id == Movement.supporter_id)
        began_at: ColumnElement[Any] = began.c.occurred_at
    else:
        source = select().select_from(Movement)
        began_at = (
            select(first.occurred_at)
            .where(first.supporter_id == Movement.supporter_id)
            .order_by(first.id)
            .limit(1)
            .correlate(Movement)
            .scalar_subquery()
        )
    facts = source.add_columns(
        literal(zone.key).label("zone"),
        local_month(began_at, zone.key).label("cohort"),
        local_month(Movement.occurred_at, zone.key).label("month"),
        local_day(Movement.recorded_at, zone.key).label("known_on"),
        Movement.currency.label("currency"),
        Movement.supporters.label("supporters"),
        Movement.supporters_in_currency.label("supporters_in_currency"),
        Movement.annual_amount.label("annual"),
    )
    add(session, targets[CohortMonth], _chosen(facts, ids).subquery())


def _side(zone: ZoneInfo, frequency: InstrumentedAttribute[Any], **sums: Any) -> Facts:
    return select(
        literal(zone.key).label("zone"),
        local_day(Movement.occurred_at, zone.key).label("day"),
        local_month(Movement.occurred_at, zone.key).label("month"),
        local_day(Movement.recorded_at, zone.key).label("known_on"),
        Movement.currency.label("currency"),
        frequency.label("frequency"),
        Movement.kind.label("kind"),
        func.coalesce(cast(Movement.cause, String), "").label("cause"),
        func.coalesce(cast(Movement.tag, String), "").label("tag"),
        func.coalesce(Subscription.origin_id, 0).label("origin_id"),
        *(value.label(name) for name, value in sums.items()),
    ).join_from(Movement, Subscription, Subscription.id == Movement.subscription_id)


def _one_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


def _chosen(facts: Facts, ids: Ids) -> Facts:
    return facts if ids is None else facts.where(Movement.id.in_(ids))
