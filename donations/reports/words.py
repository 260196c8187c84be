"""Counts, lists and names as the sentences above the tables write them. Staff read English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Final

from donations.domain.amounts import format_money
from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.domain.offline import OfflineMethod
from donations.domain.periods import Period
from donations.models import DonationSource

LOCALE: Final = "en"

FREQUENCY_NAMES: Final[Mapping[Frequency, str]] = {
    Frequency.ONCE: "One-time",
    Frequency.MONTHLY: "Monthly",
    Frequency.ANNUAL: "Annual",
}

SOURCE_NAMES: Final[Mapping[DonationSource, str]] = {
    DonationSource.STRIPE: "Stripe",
    DonationSource.OFFLINE: "Entered by staff",
}

METHOD_NAMES: Final[Mapping[OfflineMethod, str]] = {
    OfflineMethod.BANK_TRANSFER: "Bank transfer",
    OfflineMethod.CASH: "Cash",
    OfflineMethod.CHEQUE: "Cheque",
}


def counted(number: int, one: str, many: str | None = None) -> str:
    """`no donations`, `1 donation`, `1,204 donations`."""
    noun = one if number == 1 else (many or f"{one}s")
    return f"{number:,} {noun}" if number else f"no {noun}"


def listed(parts: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *first, last = list(parts) or ["nothing"]
    return f"{', '.join(first)} and {last}" if first else last


def amounts(moneys: Iterable[Money]) -> str:
    """Each currency's amount, never their sum; `nothing` for none."""
    return listed(format_money(money, LOCALE) for money in moneys if money.amount)


def plural(number: int, one: str, many: str) -> str:
    """`is` or `are`, `it` or `them`: the word that agrees with a number."""
    return one if number == 1 else many


def share(part: Fraction) -> str:
    """`62.5 %`, rounded as tables round it."""
    whole, tenths = divmod(round(part * 1000), 10)
    return f"{whole:,}.{tenths} %"


def on_day(day: date) -> str:
    """`22 November 2026`."""
    return f"{day.day} {day:%B %Y}"


def on_days(period: Period) -> str:
    """`1 to 30 November 2026`, `22 November 2026`."""
    first, last = period.first, period.last
    if first == last:
        return on_day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {on_day(last)}"
    if first.year == last.year:
        return f"{first.day} {first:%B} to {on_day(last)}"
    return f"{on_day(first)} to {on_day(last)}"


def sentence(text: str) -> str:
    """With a capital and a full stop."""
    return f"{text[:1].upper()}{text[1:]}."
