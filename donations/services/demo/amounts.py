"""What is given: mostly what the form offers, and with it the fee where the reader covers it."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

from donations.domain.currencies import exponent_of
from donations.domain.fees import covering_fees
from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.domain.offers import Offer, OfferBook

_PRESETS: Final = (5, 8, 4, 2)
"""How many of twenty choose the first preset, the second, and so on; further ones are as rare as the last."""
_OTHER: Final = (3, 7, 12, 18, 20, 35, 40, 60, 75, 120, 200, 300, 500, 1_000)
"""What others write in, in whole units."""
_OTHERS: Final = 6
"""How many of forty-odd write something in: the least that they may, and more."""
_COVERED: Final = 3
"""In ten, how many cover the fee."""
_CURRENCIES: Final = (("eur", 55), ("usd", 30), ("gbp", 15))


@dataclass(frozen=True, slots=True)
class Amount:
    """In minor units."""

    gift: int
    charge: int
    """The gift, and the fee where it is covered."""


class Amounts:
    """Drawn from the offers of a book."""

    def __init__(self, book: OfferBook) -> None:
        self._book = book
        known = [code for code, weight in _CURRENCIES for _ in range(weight) if code in book.currencies]
        self._currencies = known or list(book.currencies)
        self._choices: dict[tuple[str, Frequency], tuple[Amount, ...]] = {}

    def draw_currency(self, random: Random) -> str:
        return random.choice(self._currencies)

    def draw(self, random: Random, currency: str, frequency: Frequency) -> Amount:
        key = (currency, frequency)
        choices = self._choices.get(key)
        if choices is None:
            choices = self._choices[key] = tuple(self._offered(*key))
        return choices[int(random.random() * len(choices))]

    def other(self, charge: int, currency: str, frequency: Frequency, *, is_more: bool) -> int:
        """The preset next above or below a charge; the charge itself where there is none."""
        presets = self._presets(currency, frequency)
        if is_more:
            return next((each for each in presets if each > charge), charge)
        return next((each for each in reversed(presets) if each < charge), charge)

    def in_rhythm(self, charge: int, currency: str, frequency: Frequency) -> int:
        """What a gift becomes in another rhythm: ten months a year, or a tenth of a year a month."""
        presets = self._presets(currency, frequency)
        wanted = charge * 10 if frequency is Frequency.ANNUAL else charge // 10
        return min(presets, key=lambda preset: abs(preset - wanted))

    def _presets(self, currency: str, frequency: Frequency) -> list[int]:
        return [each.amount for each in self._book.offer(currency, frequency).presets]

    def _offered(self, currency: str, frequency: Frequency) -> list[Amount]:
        offer = self._book.offer(currency, frequency)
        gifts = _weighed(offer)
        amounts = [Amount(gift.amount, gift.amount) for gift in gifts]
        rate = self._book.fee_rate(currency)
        covered = [Amount(gift.amount, covering_fees(gift, rate).amount) for gift in gifts]
        return amounts * (10 - _COVERED) + covered * _COVERED


def _weighed(offer: Offer) -> list[Money]:
    """As often as they are chosen."""
    weighed: list[Money] = []
    for number, preset in enumerate(offer.presets):
        weighed += [preset] * _PRESETS[min(number, len(_PRESETS) - 1)]
    unit = 10 ** exponent_of(offer.currency)
    dearest = min(offer.most.amount, 4 * offer.presets[-1].amount)
    written = [Money(units * unit, offer.currency) for units in _OTHER]
    within = [each for each in written if offer.least.amount <= each.amount <= dearest]
    return weighed * 2 + within[:_OTHERS]
