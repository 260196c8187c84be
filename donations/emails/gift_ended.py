"""A recurring gift has ended without its giver having asked for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from donations.domain.gifts import Gift
from donations.emails.letterhead import Letterhead
from donations.emails.rendering import Written, render


class EndCause(StrEnum):
    FAILED_PAYMENTS = "failed_payments"
    """All tries to collect a charge were in vain."""
    DISPUTE = "dispute"
    """The bank has taken a payment back, so no further one is asked for."""


@dataclass(frozen=True, slots=True)
class GiftEnded:
    gift: Gift
    ended_on: date
    cause: EndCause


def write(end: GiftEnded, letterhead: Letterhead) -> Written:
    return render("gift_ended", end, letterhead)
