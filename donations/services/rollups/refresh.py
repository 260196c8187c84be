"""Take in the news: add each fact to the sums once, and forget that it was new."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import case, delete, or_, select, update
from sqlalchemy.orm import Session

from donations.models import Adjustment, Donation, Movement, Subscription
from donations.models.rollups import NewsKind, RollupNews, RollupState
from donations.services.rollups import failures, gifts, money, movements, steps, supporters
from donations.services.rollups.target import Ids, Targets, zones_of

MOST_NEWS: Final = 5_000
"""Taken in at a time: on SQLite others wait meanwhile."""
_ANEW: Final = ","
"""Behind the zones that are kept, so that they are no longer those that are wanted."""

TakeIn = Callable[[Session, Targets, ZoneInfo, Ids], None]
_Facts = dict[NewsKind, list[int]]


BY_ZONE: Final[tuple[tuple[NewsKind, TakeIn], ...]] = (
    (NewsKind.DONATION, money.add_donations),
    (NewsKind.DONATION, money.add_amounts),
    (NewsKind.SETTLEMENT, money.add_settlements),
    (NewsKind.ADJUSTMENT, money.add_adjustments),
    (NewsKind.MOVEMENT, movements.add_movements),
    (NewsKind.MOVEMENT, movements.add_cohorts),
    (NewsKind.FAILURE, failures.count_failures),
    (NewsKind.VISIT, steps.count_visits),
    (NewsKind.CHECKOUT, steps.count_checkouts),
)
"""What a fact is added to, in the days of each zone."""


def is_any_news(session: Session) -> bool:
    return session.scalar(select(RollupNews.id).limit(1)) is not None


def is_built_for(session: Session, report_zone: ZoneInfo) -> bool:
    """Whether the sums were ever built, and for the zones that are wanted now."""
    built = session.scalar(select(RollupState.zones).where(RollupState.id == 1))
    return built == named(zones_of(report_zone))


def refresh(session: Session, report_zone: ZoneInfo, now: datetime) -> int:
    """Take in at most `MOST_NEWS` facts; how many it were. None while a rebuild is at work.

    Whoever comes second waits for the first, and finds what is left.
    """
    state = session.scalars(select(RollupState).where(RollupState.id == 1).with_for_update()).one()
    if state.zones != named(zones_of(report_zone)) or is_rebuilding(state, now):
        return 0
    news = session.execute(
        select(RollupNews.id, RollupNews.kind, RollupNews.row_id).order_by(RollupNews.id).limit(MOST_NEWS)
    ).all()
    facts: _Facts = defaultdict(list)
    for _, kind, row_id in news:
        facts[kind].append(row_id)
    if news:
        _take_in(session, facts, report_zone)
        session.execute(delete(RollupNews).where(RollupNews.id.in_([each.id for each in news])))
    state.refreshed_at = now
    return len(news)


def have_built_anew(session: Session) -> None:
    """What was taken in has changed since: the worker is to build the sums from the rows. Reports go on with
    those that stand, and a rebuild at work, which may have read the row before, is not put in place."""
    is_asked = or_(RollupState.zones == "", RollupState.zones.endswith(_ANEW))
    zones = case((is_asked, RollupState.zones), else_=RollupState.zones + _ANEW)
    session.execute(update(RollupState).values(zones=zones, rebuilding_until=None))


def is_rebuilding(state: RollupState, now: datetime) -> bool:
    return state.rebuilding_until is not None and state.rebuilding_until > now


def named(zones: Sequence[ZoneInfo]) -> str:
    """As the state says which zones are kept."""
    return ",".join(zone.key for zone in zones)


def _take_in(session: Session, facts: _Facts, report_zone: ZoneInfo) -> None:
    targets = Targets.themselves()
    for zone in zones_of(report_zone):
        for kind, take_in in BY_ZONE:
            if ids := facts.get(kind):
                take_in(session, targets, zone, ids)
    if ids := facts.get(NewsKind.SUBSCRIPTION):
        gifts.renew_gifts(session, targets, report_zone, sorted(set(ids)))
    if ids := _supporters_of(session, facts):
        supporters.renew_supporters(session, targets, ids)


def _supporters_of(session: Session, facts: _Facts) -> list[int]:
    """Whom the facts are about."""
    found = set(facts.get(NewsKind.SUPPORTER, []))
    paid = [*facts.get(NewsKind.DONATION, []), *facts.get(NewsKind.SETTLEMENT, [])]
    for supporter, key, ids in (
        (Donation.supporter_id, Donation.id, paid),
        (Movement.supporter_id, Movement.id, facts.get(NewsKind.MOVEMENT)),
        (Subscription.supporter_id, Subscription.id, facts.get(NewsKind.SUBSCRIPTION)),
    ):
        if ids:
            found.update(session.scalars(select(supporter).where(key.in_(ids))))
    if ids := facts.get(NewsKind.ADJUSTMENT):
        of_donations = select(Donation.supporter_id).join(Adjustment, Adjustment.donation_id == Donation.id)
        found.update(session.scalars(of_donations.where(Adjustment.id.in_(ids))))
    return sorted(found)
