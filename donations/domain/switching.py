"""A gift in another rhythm: what to suggest."""

from __future__ import annotations

from typing import Final

from donations.domain.currencies import exponent_of
from donations.domain.gifts import Frequency, Gift
from donations.domain.money import Money
from donations.domain.offers import Offer

_MONTHS: Final = 12


def other_frequency(frequency: Frequency) -> Frequency:
    """Monthly for annual, annual for monthly."""
    return Frequency.MONTHLY if frequency is Frequency.ANNUAL else Frequency.ANNUAL


def suggested(gift: Gift, offer: Offer) -> Money:
    """As much in a year as before, in whole units where it must be divided, within what is offered."""
    currency = gift.money.currency
    if offer.frequency is Frequency.ANNUAL:
        same = Money(gift.money.amount * _MONTHS, currency)
    else:
        unit = 10 ** exponent_of(currency)
        twelfths = _MONTHS * unit
        same = Money((2 * gift.money.amount + twelfths) // (2 * twelfths) * unit, currency)
    return min(max(same, offer.least), offer.most)
