"""A recurring gift is paused, or its next payment is skipped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from donations.domain.gifts import Gift
from donations.emails.letterhead import Letterhead
from donations.emails.rendering import Written, render


@dataclass(frozen=True, slots=True)
class GiftPaused:
    """`skipped_on` is the one payment that is left out; None for a pause of months."""

    gift: Gift
    next_charge_on: date
    skipped_on: date | None = None


def write(pause: GiftPaused, letterhead: Letterhead) -> Written:
    return render("gift_paused", pause, letterhead)
