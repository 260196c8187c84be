"""Five days before a paused gift is charged again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from donations.domain.gifts import Gift
from donations.emails.letterhead import Letterhead
from donations.emails.rendering import Written, render


@dataclass(frozen=True, slots=True)
class GiftResuming:
    gift: Gift
    next_charge_on: date


def write(resumption: GiftResuming, letterhead: Letterhead) -> Written:
    return render("gift_resuming", resumption, letterhead)
