"""Somebody who already gives regularly has begun a second gift: perhaps one was meant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from donations.domain.gifts import Gift
from donations.emails.letterhead import Letterhead
from donations.emails.rendering import Written, render


@dataclass(frozen=True, slots=True)
class RunningGift:
    gift: Gift
    began_on: date


@dataclass(frozen=True, slots=True)
class PossibleDuplicate:
    earlier: RunningGift
    later: RunningGift


def write(duplicate: PossibleDuplicate, letterhead: Letterhead) -> Written:
    return render("possible_duplicate", duplicate, letterhead)
