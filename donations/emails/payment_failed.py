"""A charge of a recurring gift did not go through: on days 0, 5 and 12, unless it has since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from donations.domain.gifts import Gift
from donations.emails.letterhead import Letterhead
from donations.emails.rendering import Written, render


class Stage(IntEnum):
    """How many days it has not gone through."""

    FIRST = 0
    SECOND = 5
    LAST = 12


@dataclass(frozen=True, slots=True)
class PaymentFailed:
    """`next_try_on` is None where no further try is known.

    `needs_confirmation`: the bank wants the supporter to confirm (3-D Secure); another card is not needed.
    """

    gift: Gift
    stage: Stage
    next_try_on: date | None
    needs_confirmation: bool = False


def write(failure: PaymentFailed, letterhead: Letterhead) -> Written:
    return render("payment_failed", failure, letterhead)
