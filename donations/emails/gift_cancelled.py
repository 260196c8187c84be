"""A supporter has cancelled a recurring gift."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from donations.domain.gifts import Gift
from donations.emails.letterhead import Letterhead
from donations.emails.rendering import Written, render


@dataclass(frozen=True, slots=True)
class GiftCancelled:
    """`can_be_undone` until `ends_on`; a gift that has ended already cannot be brought back."""

    gift: Gift
    ends_on: date
    can_be_undone: bool


def write(cancellation: GiftCancelled, letterhead: Letterhead) -> Written:
    return render("gift_cancelled", cancellation, letterhead)
