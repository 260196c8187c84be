"""Book what changed in recurring revenue: the ledger is brought to what is so, in the same transaction.

What a gift counts for is compared with the sum of its own lines, and the difference is added as one
more. So opening and movements always make closing, whatever was missed in between, and booking
twice books nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donations.domain.gifts import Frequency
from donations.domain.movements import (
    Classified,
    GiftState,
    LedgerState,
    MovementKind,
    annual_amount,
    cause_of_end,
    classify,
    tag_of_switch,
)
from donations.domain.periods import local_day
from donations.domain.standing import Standing, counts_toward_mrr
from donations.models import Movement, Subscription, Supporter


def book(
    session: Session,
    subscription: Subscription,
    *,
    zone: ZoneInfo,
    now: datetime,
    was: Frequency | None = None,
) -> Movement | None:
    """The line that was added; None where the ledger says already what is so.

    `was` is the rhythm before this change. The supporter's row is locked: what a movement is called
    depends on their other gifts.
    """
    session.flush()
    session.scalars(
        select(Supporter.id).where(Supporter.id == subscription.supporter_id).with_for_update()
    ).one()
    classified = classify(_ledger_state(session, subscription), _gift_state(subscription))
    if classified is None:
        return None
    occurred_at = _occurred_at(session, subscription, classified, now)
    row = Movement(
        supporter_id=subscription.supporter_id,
        subscription_id=subscription.id,
        kind=classified.kind,
        cause=classified.cause,
        tag=None if was is None else tag_of_switch(was, subscription.frequency),
        currency=subscription.currency,
        annual_amount=classified.annual_amount,
        supporters=classified.supporters,
        occurred_at=occurred_at,
        occurred_on=local_day(occurred_at, zone),
        recorded_at=now,
    )
    session.add(row)
    session.flush()
    return row


def counts(subscription: Subscription) -> bool:
    """Whether the gift is recurring revenue now."""
    has_paid = subscription.first_paid_at is not None
    return counts_toward_mrr(subscription.standing, subscription.is_collection_paused, has_paid)


def _gift_state(subscription: Subscription) -> GiftState:
    amount = annual_amount(subscription.amount, subscription.frequency) if counts(subscription) else 0
    is_paused = subscription.is_collection_paused or subscription.standing is Standing.PAUSED
    return GiftState(amount, is_paused, cause_of_end(subscription.standing, subscription.end_reason))


def _ledger_state(session: Session, subscription: Subscription) -> LedgerState:
    lines = session.execute(
        select(Movement.subscription_id, func.sum(Movement.annual_amount))
        .where(Movement.supporter_id == subscription.supporter_id)
        .group_by(Movement.subscription_id)
    ).all()
    # SUM is a Decimal on PostgreSQL.
    sums: dict[int, int] = {gift: int(total) for gift, total in lines}
    last = session.scalar(
        select(Movement.kind)
        .where(Movement.subscription_id == subscription.id)
        .order_by(Movement.id.desc())
        .limit(1)
    )
    return LedgerState(
        annual_amount=sums.pop(subscription.id, 0),
        was_paused=last is MovementKind.PAUSED,
        others_count=any(sums.values()),
        has_given=bool(lines),
    )


def _occurred_at(
    session: Session, subscription: Subscription, classified: Classified, now: datetime
) -> datetime:
    """By Stripe's clock where it says: when a gift ended, and when its first payment was made."""
    if subscription.ended_at is not None and classified.cause is not None:
        return subscription.ended_at
    is_first = classified.annual_amount > 0 and not _has_lines(session, subscription)
    return subscription.first_paid_at or now if is_first else now


def _has_lines(session: Session, subscription: Subscription) -> bool:
    found: Any = select(Movement.id).where(Movement.subscription_id == subscription.id).limit(1)
    return session.scalar(found) is not None
