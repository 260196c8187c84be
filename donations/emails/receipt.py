"""The receipt: one for every charge, with what a giver and a tax office ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.emails.letterhead import Letterhead
from donations.emails.rendering import Written, render


@dataclass(frozen=True, slots=True)
class Proof:
    """What the attached PDF is verified by."""

    number: str
    code: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """One charge. `next_charge_on` is None for a gift that is not charged again.

    `proof` is None where no PDF goes with the letter.
    """

    amount: Money
    frequency: Frequency
    charged_on: date
    reference: str
    next_charge_on: date | None
    proof: Proof | None


def write(receipt: Receipt, letterhead: Letterhead) -> Written:
    return render("receipt", receipt, letterhead)
