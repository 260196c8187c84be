"""Supporters as lines of a list: what each gave, and which recurring gifts they have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.money import Money
from donations.models import Subscription, Supporter
from donations.models.rollups import SupporterValue


@dataclass(frozen=True, slots=True)
class SupporterLine:
    """One supporter in the list."""

    supporter: Supporter
    given: tuple[Money, ...]
    """Gross, each currency for itself."""
    last_gift_on: date | None
    recurring: tuple[Subscription, ...]
    """The gifts that go on; the one that ended last where none does."""


def lines_of(session: Session, last_gifts: Mapping[int, date | None]) -> tuple[SupporterLine, ...]:
    """Lines of the supporters with these ids, in their order, and with these days of their last gifts."""
    ids = last_gifts.keys()
    supporters = {each.id: each for each in session.scalars(select(Supporter).where(Supporter.id.in_(ids)))}
    given, recurring = _given(session, ids), _recurring(session, ids)
    return tuple(
        SupporterLine(supporters[each], tuple(given[each]), last_on, recurring[each])
        for each, last_on in last_gifts.items()
    )


def _given(session: Session, ids: Collection[int]) -> defaultdict[int, list[Money]]:
    sums = session.execute(
        select(SupporterValue.supporter_id, SupporterValue.currency, SupporterValue.gross)
        .where(SupporterValue.supporter_id.in_(ids), SupporterValue.donations > 0)
        .order_by(SupporterValue.currency)
    )
    given: defaultdict[int, list[Money]] = defaultdict(list)
    for supporter_id, currency, gross in sums:
        given[supporter_id].append(Money(gross, currency))
    return given


def _recurring(session: Session, ids: Collection[int]) -> defaultdict[int, tuple[Subscription, ...]]:
    newest_first = (
        select(Subscription)
        .where(Subscription.supporter_id.in_(ids))
        .order_by(Subscription.started_at.desc(), Subscription.id.desc())
    )
    all_of: defaultdict[int, list[Subscription]] = defaultdict(list)
    for subscription in session.scalars(newest_first):
        all_of[subscription.supporter_id].append(subscription)
    shown: defaultdict[int, tuple[Subscription, ...]] = defaultdict(tuple)
    for supporter_id, gifts in all_of.items():
        going_on = [gift for gift in gifts if gift.ended_at is None]
        shown[supporter_id] = tuple(going_on or [max(gifts, key=_ended_at)])
    return shown


def _ended_at(gift: Subscription) -> datetime:
    return gift.ended_at or gift.started_at
