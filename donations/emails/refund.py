"""Money goes back to its giver, all of a payment or a part of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.emails.letterhead import Letterhead
from donations.emails.rendering import Written, render


@dataclass(frozen=True, slots=True)
class Refund:
    """`amount` of `paid` goes back by this refund."""

    amount: Money
    paid: Money
    charged_on: date
    frequency: Frequency
    reference: str

    @property
    def is_partial(self) -> bool:
        return self.amount < self.paid


def write(refund: Refund, letterhead: Letterhead) -> Written:
    return render("refund", refund, letterhead)
