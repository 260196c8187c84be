"""Book what changed in recurring revenue: the ledger is brought to what is so, in the same transaction.

What a gift counts for is compared with the sum of its own lines, and the difference is added as one
more. So opening and movements always make closing, whatever was missed in between, and booking
twice books nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
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
    heads,
    tag_of_switch,
)
from donations.domain.periods import local_day
from donations.domain.standing import counts_toward_mrr
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
        select(Supporter.id)
        .where(Supporter.id == subscription.supporter_id)
        # Not against rows that refer to it, as those of other gifts being applied do by now.
        .with_for_update(key_share=True)
    ).one()
    held = _Held.of(session, subscription)
    classified = classify(held.ledger, _gift_state(subscription))
    if classified is None:
        return None
    occurred_at = _occurred_at(held, subscription, classified, now)
    counts_on = held.ledger.annual_amount + classified.annual_amount > 0
    # What counts no more still counted under the rhythm that the ledger knew.
    frequency = subscription.frequency if counts_on or held.frequency is None else held.frequency
    is_switch = held.ledger.annual_amount > 0 and held.frequency is not frequency
    row = Movement(
        supporter_id=subscription.supporter_id,
        subscription_id=subscription.id,
        kind=classified.kind,
        cause=classified.cause,
        tag=None if was is None else tag_of_switch(was, subscription.frequency),
        currency=subscription.currency,
        frequency=frequency,
        switched_from=held.frequency if is_switch else None,
        annual_before=held.ledger.annual_amount,
        annual_amount=classified.annual_amount,
        supporters=classified.supporters,
        supporters_in_currency=heads(held.in_currency, classified.annual_amount),
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
    return GiftState(amount, cause_of_end(subscription.standing, subscription.end_reason))


@dataclass(frozen=True, slots=True)
class _Held:
    """What the ledger says of a supporter and of one of their gifts."""

    ledger: LedgerState
    in_currency: int
    """A year's worth of all their gifts in the currency of this one."""
    frequency: Frequency | None
    """The rhythm under which the gift counted last; None where it never did."""

    @classmethod
    def of(cls, session: Session, subscription: Subscription) -> _Held:
        lines = session.execute(
            select(Movement.subscription_id, Movement.currency, func.sum(Movement.annual_amount))
            .where(Movement.supporter_id == subscription.supporter_id)
            .group_by(Movement.subscription_id, Movement.currency)
        ).all()
        last = session.execute(
            select(Movement.kind, Movement.frequency)
            .where(Movement.subscription_id == subscription.id)
            .order_by(Movement.id.desc())
            .limit(1)
        ).first()
        # SUM is a Decimal on PostgreSQL.
        others = [int(total) for gift, _, total in lines if gift != subscription.id]
        ledger = LedgerState(
            annual_amount=sum(int(total) for gift, _, total in lines if gift == subscription.id),
            was_paused=last is not None and last.kind is MovementKind.PAUSED,
            others_count=any(others),
            has_given=bool(lines),
        )
        in_currency = sum(int(total) for _, code, total in lines if code == subscription.currency)
        return cls(ledger, in_currency, None if last is None else last.frequency)


def _occurred_at(held: _Held, subscription: Subscription, classified: Classified, now: datetime) -> datetime:
    """By Stripe's clock where it says: when a gift ended, and when its first payment was made."""
    if subscription.ended_at is not None and classified.cause is not None:
        return subscription.ended_at
    is_first = classified.annual_amount > 0 and held.frequency is None
    return subscription.first_paid_at or now if is_first else now
