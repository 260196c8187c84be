"""What a supporter gives and gave, as they may see it themselves. Nobody else's is ever found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from donations.domain.checkouts import CheckoutStatus
from donations.domain.errors import NotFound
from donations.domain.gift_states import GiftDays, GiftState, next_charge_on, state_of
from donations.domain.gifts import Frequency, Gift
from donations.domain.money import Money
from donations.domain.periods import local_day
from donations.domain.standing import Standing
from donations.models import Checkout, Donation, Subscription

_UNDERWAY: Final = frozenset({GiftState.ACTIVE, GiftState.SKIPPED, GiftState.PAUSED, GiftState.FAILED})
_MOST_ONE_TIME: Final = 10


@dataclass(frozen=True, slots=True)
class OwnGift:
    """One recurring gift. `reference` is its checkout's, and stands in addresses."""

    reference: str
    subscription_id: int
    gift: Gift
    state: GiftState
    days: GiftDays
    next_charge_on: date | None
    ended_on: date | None

    @property
    def is_underway(self) -> bool:
        """Whether it can be changed: it goes on, or will after a pause or a failure."""
        return self.state in _UNDERWAY


@dataclass(frozen=True, slots=True)
class OneTime:
    """One payment that was given once. Amounts in minor units are in `money`."""

    money: Money
    refunded: Money
    charged_on: date


@dataclass(frozen=True, slots=True)
class OwnGifts:
    """Everything on the first page."""

    recurring: tuple[OwnGift, ...]
    """Those underway first, then what ended, the newest first."""
    one_time: tuple[OneTime, ...]
    """The newest few."""
    totals: tuple[Money, ...]
    """Given so far, less what was refunded: one sum a currency."""
    first_on: date | None

    @property
    def underway(self) -> tuple[OwnGift, ...]:
        return tuple(each for each in self.recurring if each.is_underway)


def look(session: Session, supporter_id: int, zone: ZoneInfo) -> OwnGifts:
    """All gifts of one supporter."""
    rows = session.execute(_recurring(supporter_id)).all()
    recurring = [_own_gift(row, reference, zone) for row, reference in rows]
    totals = session.execute(_totals(supporter_id)).all()
    return OwnGifts(
        recurring=tuple(sorted(recurring, key=lambda each: each.state is GiftState.ENDED)),
        one_time=_one_time(session, supporter_id),
        totals=tuple(Money(int(row.total), row.currency) for row in totals if row.total > 0),
        first_on=min((row.first_on for row in totals), default=None),
    )


def get(session: Session, supporter_id: int, reference: str, zone: ZoneInfo) -> OwnGift:
    """One recurring gift. Raises NotFound, also where it is someone else's."""
    found = session.execute(_recurring(supporter_id).where(Checkout.reference == reference)).first()
    if found is None:
        raise NotFound("gift")
    return _own_gift(found[0], found[1], zone)


def _recurring(supporter_id: int) -> Select[Subscription, str]:
    return (
        select(Subscription, Checkout.reference)
        .join(Checkout, Checkout.id == Subscription.checkout_id)
        .where(
            Subscription.supporter_id == supporter_id,
            # What never began is no gift.
            Subscription.standing != Standing.INCOMPLETE_EXPIRED,
            Checkout.status != CheckoutStatus.FAILED,
        )
        .order_by(Subscription.started_at.desc(), Subscription.id.desc())
    )


def _own_gift(row: Subscription, reference: str, zone: ZoneInfo) -> OwnGift:
    days = days_of(row, zone)
    state = state_of(row.standing, days)
    return OwnGift(
        reference=reference,
        subscription_id=row.id,
        gift=Gift(Money(row.amount, row.currency), row.frequency),
        state=state,
        days=days,
        next_charge_on=None if state is GiftState.ENDED else next_charge_on(days),
        ended_on=None if row.ended_at is None else local_day(row.ended_at, zone),
    )


def days_of(row: Subscription, zone: ZoneInfo) -> GiftDays:
    """The days of a subscription, as they are in one zone."""
    return GiftDays(
        started_on=local_day(row.started_at, zone),
        next_on=None if row.current_period_ends_at is None else local_day(row.current_period_ends_at, zone),
        resumes_on=None if row.resumes_at is None else local_day(row.resumes_at, zone),
        is_paused=row.is_collection_paused,
        ends_on=None if row.cancels_at is None else local_day(row.cancels_at, zone),
        frequency=row.frequency,
    )


def _totals(supporter_id: int) -> Select[str, int, date]:
    return (
        select(
            Donation.currency,
            func.sum(Donation.amount - Donation.refunded_amount).label("total"),
            func.min(Donation.charged_on).label("first_on"),
        )
        .where(Donation.supporter_id == supporter_id)
        .group_by(Donation.currency)
        .order_by(Donation.currency)
    )


def _one_time(session: Session, supporter_id: int) -> tuple[OneTime, ...]:
    rows: Sequence[Donation] = session.scalars(
        select(Donation)
        .where(Donation.supporter_id == supporter_id, Donation.frequency == Frequency.ONCE)
        .order_by(Donation.charged_at.desc(), Donation.id.desc())
        .limit(_MOST_ONE_TIME)
    ).all()
    return tuple(
        OneTime(Money(row.amount, row.currency), Money(row.refunded_amount, row.currency), row.charged_on)
        for row in rows
    )
