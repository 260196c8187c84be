"""When a recurring gift is charged next, and after that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import dropwhile, islice
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.gift_days import charges_to_come
from donations.domain.gifts import Gift
from donations.domain.money import Money
from donations.domain.periods import local_day
from donations.domain.standing import is_terminal
from donations.domain.upcoming_charges import upcoming_charges
from donations.models import Checkout, Subscription
from donations.services.own_gifts import days_of

_CHARGES: Final = 12


@dataclass(frozen=True, slots=True)
class ChargePlan:
    """What is charged, and the next twelve days of it, or as many as there are."""

    gift: Gift
    days: tuple[date, ...]


def find_plan(session: Session, row: Checkout, zone: ZoneInfo, now: datetime) -> ChargePlan | None:
    """Of a checkout's gift, as it goes on by now. None where no charge is to come."""
    if not row.frequency.is_recurring:
        return None
    subscription = session.scalar(select(Subscription).where(Subscription.checkout_id == row.id))
    if subscription is not None:
        return plan_of(subscription, row, zone, now)
    # The subscription has not been looked at yet.
    gift = Gift(Money(row.charge_amount, row.currency), row.frequency)
    return ChargePlan(gift, tuple(islice(_as_agreed(row, zone), _CHARGES)))


def plan_of(subscription: Subscription, row: Checkout, zone: ZoneInfo, now: datetime) -> ChargePlan | None:
    """Of a recurring gift and the checkout that began it. None where no charge is to come."""
    if is_terminal(subscription.standing):
        return None
    gift = Gift(Money(subscription.amount, subscription.currency), subscription.frequency)
    days = tuple(islice(_days(subscription, row, zone, now), _CHARGES))
    return ChargePlan(gift, days) if days else None


def _as_agreed(row: Checkout, zone: ZoneInfo) -> Iterator[date]:
    if row.first_charge_at is not None:
        return upcoming_charges(row.first_charge_at, row.first_charge_at, row.frequency, zone)
    days = upcoming_charges(row.created_at, row.created_at, row.frequency, zone)
    return islice(days, 1, None)


def _days(subscription: Subscription, row: Checkout, zone: ZoneInfo, now: datetime) -> Iterator[date]:
    days = days_of(subscription, zone, row.first_charge_at)
    today = local_day(now, zone)
    return dropwhile(lambda day: day < today, charges_to_come(days))
