"""What a supporter gives and gave, as they may see it themselves. Nobody else's is ever found."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from donations.domain.checkouts import CheckoutStatus
from donations.domain.errors import NotFound
from donations.domain.gift_days import GiftDays, next_charge_on
from donations.domain.gift_states import GiftState, state_of
from donations.domain.gifts import Frequency, Gift
from donations.domain.money import Money
from donations.domain.periods import local_day
from donations.domain.standing import Standing
from donations.models import Checkout, Donation, Subscription

_UNDERWAY: Final = frozenset({GiftState.ACTIVE, GiftState.SKIPPED, GiftState.PAUSED, GiftState.FAILED})
_IN_ORDER: Final = (
    GiftState.FAILED,
    GiftState.ACTIVE,
    GiftState.SKIPPED,
    GiftState.PAUSED,
    GiftState.CONFIRMING,
    GiftState.ENDING,
    GiftState.ENDED,
)
_MOST_ONE_TIME: Final = 10
_VERSION_LENGTH: Final = 32


@dataclass(frozen=True, slots=True)
class OwnGift:
    """One recurring gift. `reference` is its checkout's, and stands in addresses."""

    reference: str
    subscription_id: int
    gift: Gift
    state: GiftState
    days: GiftDays
    started_on: date
    next_charge_on: date | None
    ended_on: date | None
    needs_confirmation: bool
    """Its bank waits for the reader to confirm a payment."""
    is_kept_beside_others: bool
    """Its reader has said that it and an earlier one are both meant."""
    version: str
    """Changes whenever Stripe says something else of it."""

    @property
    def can_be_changed(self) -> bool:
        """Whether amount, rhythm and pauses make sense: it is charged as agreed."""
        return self.state is GiftState.ACTIVE

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
    """What needs its reader first, what ended last; among those the newest first."""
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
    recurring = [_own_gift(row, checkout, zone) for row, checkout in rows]
    totals = session.execute(_totals(supporter_id)).all()
    return OwnGifts(
        recurring=tuple(sorted(recurring, key=lambda each: _IN_ORDER.index(each.state))),
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


def get_row(session: Session, supporter_id: int, reference: str) -> Subscription:
    """The row of one recurring gift, locked. Raises NotFound, also where it is someone else's."""
    mine = _recurring(supporter_id).where(Checkout.reference == reference)
    row = session.scalar(mine.with_for_update(of=Subscription))
    if row is None:
        raise NotFound("gift")
    return row


def keep_beside_others(session: Session, supporter_id: int, reference: str, now: datetime) -> None:
    """Its reader means this gift and an earlier one. Raises NotFound."""
    get_row(session, supporter_id, reference).kept_beside_others_at = now


def days_of(row: Subscription, zone: ZoneInfo, first_charge_at: datetime | None = None) -> GiftDays:
    """The days of a subscription, in one zone. `first_charge_at` is its checkout's, of a gift that was
    begun for a later day."""
    return GiftDays(
        began_at=first_charge_at or row.started_at,
        next_at=row.current_period_ends_at,
        resumes_at=row.resumes_at,
        is_paused=row.is_collection_paused,
        ends_at=row.cancels_at,
        frequency=row.frequency,
        zone=zone,
    )


def version_of(row: Subscription) -> str:
    """What tells this state of a gift from any other that its reader could have been shown."""
    said = (
        row.standing, row.amount, row.frequency, row.current_period_ends_at, row.cancels_at,
        row.is_collection_paused, row.resumes_at,
    )  # fmt: skip
    words = "/".join(each.isoformat() if isinstance(each, datetime) else str(each) for each in said)
    return hashlib.sha256(words.encode()).hexdigest()[:_VERSION_LENGTH]


def _recurring(supporter_id: int) -> Select[Subscription, Checkout]:
    return (
        select(Subscription, Checkout)
        .join(Checkout, Checkout.id == Subscription.checkout_id)
        .where(
            Subscription.supporter_id == supporter_id,
            # What never began is no gift.
            Subscription.standing != Standing.INCOMPLETE_EXPIRED,
            Checkout.status != CheckoutStatus.FAILED,
        )
        .order_by(Subscription.started_at.desc(), Subscription.id.desc())
    )


def _own_gift(row: Subscription, checkout: Checkout, zone: ZoneInfo) -> OwnGift:
    days = days_of(row, zone, checkout.first_charge_at)
    state = state_of(row.standing, days)
    return OwnGift(
        reference=checkout.reference,
        subscription_id=row.id,
        gift=Gift(Money(row.amount, row.currency), row.frequency),
        state=state,
        days=days,
        started_on=local_day(row.started_at, zone),
        next_charge_on=None if state is GiftState.ENDED else next_charge_on(days),
        ended_on=None if row.ended_at is None else local_day(row.ended_at, zone),
        needs_confirmation=row.confirmation_asked_at is not None,
        is_kept_beside_others=row.kept_beside_others_at is not None,
        version=version_of(row),
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
