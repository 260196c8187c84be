"""The receipt: one for every charge, with what a giver and a tax office ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from babel.dates import format_date

from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.emails.rendering import Written, render

_FREQUENCY_WORDS: Final = {
    Frequency.ONCE: "One time",
    Frequency.MONTHLY: "Every month",
    Frequency.ANNUAL: "Every year",
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """One charge. `next_charge_on` is None for a gift that is not charged again."""

    amount: Money
    frequency: Frequency
    charged_on: date
    reference: str
    next_charge_on: date | None
    name: str | None
    statement_descriptor: str
    support_email: str


def write(receipt: Receipt) -> Written:
    """The subject says as little as it can: it shows on locked screens."""
    next_charge_on = receipt.next_charge_on
    values = {
        "greeting": f"Dear {receipt.name}," if receipt.name else "Dear reader,",
        "amount": str(receipt.amount),
        "frequency": _FREQUENCY_WORDS[receipt.frequency],
        "is_recurring": receipt.frequency.is_recurring,
        "charged_on": _written_day(receipt.charged_on),
        "next_charge_on": None if next_charge_on is None else _written_day(next_charge_on),
        "reference": receipt.reference,
        "statement_descriptor": receipt.statement_descriptor,
        "support_email": receipt.support_email,
    }
    return render("receipt", "Thank you. Your receipt", values)


def _written_day(day: date) -> str:
    return format_date(day, "d MMMM y", locale="en")
