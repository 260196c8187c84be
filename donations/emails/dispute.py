"""A bank has questioned a payment, or has been asked to by its customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.emails.letterhead import Letterhead
from donations.emails.rendering import Written, render


@dataclass(frozen=True, slots=True)
class Dispute:
    amount: Money
    charged_on: date
    frequency: Frequency
    reference: str


def write(dispute: Dispute, letterhead: Letterhead) -> Written:
    return render("dispute", dispute, letterhead)
