"""Failed payments by the day on which they first failed.

What became of one changes, so its day is counted anew.
"""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Integer, SQLColumnExpression, and_, cast, delete, literal, select
from sqlalchemy.orm import Session

from donations.domain.failures import TIME_TO_RECOVER
from donations.domain.periods import day_bounds
from donations.models import PaymentFailure, Subscription
from donations.models.rollups import DayFailure
from donations.models.sql_time import local_day, seconds_between
from donations.services.rollups.target import Facts, Ids, Targets, add


def count_failures(session: Session, targets: Targets, zone: ZoneInfo, ids: Ids) -> None:
    """The days of these failures anew, or all days into a table that is empty."""
    if ids is None:
        add(session, targets[DayFailure], _facts(zone).subquery())
        return
    day_of = local_day(PaymentFailure.failed_at, zone.key)
    days = session.scalars(select(day_of).where(PaymentFailure.id.in_(ids)).distinct()).all()
    for day in days:
        _count_day(session, targets, zone, day)


def _count_day(session: Session, targets: Targets, zone: ZoneInfo, day: date) -> None:
    table = targets[DayFailure]
    session.execute(delete(table).where(table.c.zone == zone.key, table.c.day == day))
    begins, ends = day_bounds(day, zone)
    of_day = _facts(zone).where(PaymentFailure.failed_at >= begins, PaymentFailure.failed_at < ends)
    add(session, table, of_day.subquery())


def _facts(zone: ZoneInfo) -> Facts:
    in_time = seconds_between(PaymentFailure.failed_at, PaymentFailure.recovered_at) <= int(
        TIME_TO_RECOVER.total_seconds()
    )
    recovered = PaymentFailure.recovered_at.is_not(None)
    return select(
        literal(zone.key).label("zone"),
        local_day(PaymentFailure.failed_at, zone.key).label("day"),
        Subscription.currency.label("currency"),
        PaymentFailure.frequency.label("frequency"),
        literal(1).label("failed"),
        _number(PaymentFailure.needed_confirmation).label("needed_confirmation"),
        _number(recovered).label("recovered"),
        _number(and_(recovered, in_time)).label("recovered_in_time"),
        _number(PaymentFailure.given_up_at.is_not(None)).label("given_up"),
    ).join_from(PaymentFailure, Subscription, Subscription.id == PaymentFailure.subscription_id)


def _number(claim: SQLColumnExpression[bool]) -> ColumnElement[int]:
    return cast(claim, Integer)
