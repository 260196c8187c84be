"""The card behind a recurring gift ends before a charge: 30 days before, and 7."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from donations.domain.gifts import Gift
from donations.emails.letterhead import Letterhead
from donations.emails.rendering import Written, render


class DaysLeft(IntEnum):
    MANY = 30
    FEW = 7


@dataclass(frozen=True, slots=True)
class CardExpiring:
    """`expires_on` is the last day of the card's month. `next_charge_on` is None while it is not known."""

    gift: Gift
    expires_on: date
    days_left: DaysLeft
    next_charge_on: date | None


def write(card: CardExpiring, letterhead: Letterhead) -> Written:
    return render("card_expiring", card, letterhead)
