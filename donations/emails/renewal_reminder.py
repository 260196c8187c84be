"""Fifteen days before an annual gift is charged again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from donations.domain.money import Money
from donations.emails.letterhead import Letterhead
from donations.emails.rendering import Written, render


@dataclass(frozen=True, slots=True)
class RenewalReminder:
    amount: Money
    renews_on: date


def write(reminder: RenewalReminder, letterhead: Letterhead) -> Written:
    return render("renewal_reminder", reminder, letterhead)
