"""How recurring gifts stand now, and when each is charged next."""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import and_, case, literal, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import FromClause

from donations.domain.gifts import Frequency
from donations.domain.movements import MONTHS_A_YEAR
from donations.domain.standing import IN_MRR, Standing
from donations.models import Subscription
from donations.models.rollups import GiftState, GiftStateKind, GiftStates
from donations.models.rollups.keys import NO_DAY
from donations.models.sql_time import local_day
from donations.services.rollups.details import Detail, Totals
from donations.services.rollups.target import Facts, Ids, Targets

_CHARGED: Final = (*IN_MRR, Standing.PAST_DUE)


def renew_gifts(session: Session, targets: Targets, zone: ZoneInfo, ids: Ids) -> None:
    """The lines of these gifts; days are those of `zone`."""
    detail = Detail(
        GiftState,
        "subscription_id",
        lambda _targets, chosen: _rows(zone, chosen),
        (Totals(GiftStates, _sums),),
    )
    detail.renew(session, targets, ids)


def _rows(zone: ZoneInfo, ids: Ids) -> Facts:
    is_paused = or_(Subscription.is_collection_paused, Subscription.standing == Standing.PAUSED)
    state = case(
        (Subscription.first_paid_at.is_(None), GiftStateKind.WAITING.value),
        (is_paused, GiftStateKind.PAUSED.value),
        (Subscription.standing == Standing.PAST_DUE, GiftStateKind.FAILING.value),
        (Subscription.standing.in_(IN_MRR), GiftStateKind.ACTIVE.value),
        else_=GiftStateKind.WAITING.value,
    )
    ends_before = and_(
        Subscription.cancels_at.is_not(None), Subscription.cancels_at <= Subscription.current_period_ends_at
    )
    is_charged = and_(
        Subscription.standing.in_(_CHARGED),
        ~Subscription.is_collection_paused,
        Subscription.current_period_ends_at.is_not(None),
        or_(Subscription.cancels_at.is_(None), ~ends_before),
    )
    months = case((Subscription.frequency == Frequency.ANNUAL, 1), else_=MONTHS_A_YEAR)
    rows = select(
        Subscription.id.label("subscription_id"),
        state.label("state"),
        Subscription.cancels_at.is_not(None).label("is_ending"),
        case(
            (is_charged, local_day(Subscription.current_period_ends_at, zone.key)), else_=literal(NO_DAY)
        ).label("due_on"),
        Subscription.currency.label("currency"),
        Subscription.frequency.label("frequency"),
        Subscription.amount.label("amount"),
        (Subscription.amount * months).label("annual"),
    ).where(Subscription.ended_at.is_(None))
    return rows if ids is None else rows.where(Subscription.id.in_(ids))


def _sums(lines: FromClause) -> Facts:
    return select(lines, literal(1).label("gifts"))
