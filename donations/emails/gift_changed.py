"""A recurring gift has another amount, or another frequency, or goes on after all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from donations.domain.gifts import Gift
from donations.emails.letterhead import Letterhead
from donations.emails.rendering import Written, render


@dataclass(frozen=True, slots=True)
class GiftChanged:
    """`applies_from` is the day of the first charge under the new terms.

    `before` is None where a cancellation was taken back: then the terms are the old ones.
    """

    before: Gift | None
    after: Gift
    applies_from: date


def write(change: GiftChanged, letterhead: Letterhead) -> Written:
    return render("gift_changed", change, letterhead)
