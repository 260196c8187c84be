"""The monthly gift that is offered to whoever has just given once: first charged a month later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from donations.domain.errors import UnsupportedCurrency
from donations.domain.gifts import Frequency, Gift
from donations.domain.offers import OfferBook
from donations.domain.periods import nth_charge_on
from donations.models import Checkout, Supporter
from donations.models.vault import Vault
from donations.services import checkouts, supporters
from donations.services.checkouts import Attempt, Origin

_SOONEST: Final = timedelta(days=3)
"""Stripe wants two days; the third is for a session that stays open a while."""

_OFFERED_FOR: Final = timedelta(days=1)
"""Stripe's page shows the address in full: whoever finds an old link to the thanks must not learn it."""


@dataclass(frozen=True, slots=True)
class LaterGift:
    """What is offered."""

    gift: Gift
    first_charge_at: datetime


def find_offer(row: Checkout, book: OfferBook, zone: ZoneInfo, now: datetime) -> LaterGift | None:
    """The offer that follows a gift given once, on the day after it was received.

    Whether its giver gives regularly already is not looked at: the page must not tell it to whoever
    holds a reference.
    """
    received_at = row.ended_at or row.created_at
    if row.frequency is not Frequency.ONCE or now - received_at > _OFFERED_FOR:
        return None
    try:
        presets = book.offer(row.currency, Frequency.MONTHLY, row.campaign).presets
    except UnsupportedCurrency:
        return None
    return LaterGift(Gift(presets[0], Frequency.MONTHLY), _first_charge_at(row.created_at, zone, now))


def attempt_to_give_later(
    session: Session, vault: Vault, reference: str, offer: LaterGift, *, nonce: str, locale: str
) -> Attempt:
    """What opens the checkout of the offer. The address is the one that was given with the first gift.

    Raises SealBroken.
    """
    row = checkouts.get(session, reference)
    contact = supporters.contact_of(session.get_one(Supporter, row.supporter_id), vault)
    return Attempt(
        gift=offer.gift,
        charge=offer.gift.money,
        email=contact.email,
        name=None,
        wants_newsletter=False,
        origin=Origin.of(row),
        nonce=nonce,
        locale=locale,
        first_charge_at=offer.first_charge_at,
        follows=reference,
    )


def _first_charge_at(given_at: datetime, zone: ZoneInfo, now: datetime) -> datetime:
    """The same day a month later at the same time of day, or the first such day that is not too near."""
    given = given_at.astimezone(zone).replace(microsecond=0)
    days = (nth_charge_on(given.date(), Frequency.MONTHLY, n) for n in count(1))
    instants = (datetime.combine(day, given.time(), tzinfo=zone).astimezone(UTC) for day in days)
    return next(instant for instant in instants if instant - now >= _SOONEST)
