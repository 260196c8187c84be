"""What we offer to be given: presets, a default, the least and the most.

Per currency and frequency, as data; a campaign may offer something else. The book
is read from a plain mapping (offer_data.py finds its faults, content/offers.py the
file), so that editors change amounts without touching code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from donations.domain.errors import AmountTooLarge, AmountTooSmall, UnsupportedCurrency
from donations.domain.fees import FeeRate
from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.domain.offer_data import OfferDataReader


@dataclass(frozen=True, slots=True)
class Offer:
    """The amounts offered for one currency and frequency."""

    frequency: Frequency
    currency: str
    presets: tuple[Money, ...]
    default: Money
    least: Money
    most: Money

    def check(self, money: Money) -> None:
        """Raises AmountTooSmall, AmountTooLarge, or CurrencyMismatch."""
        if money < self.least:
            raise AmountTooSmall(self.least)
        if money > self.most:
            raise AmountTooLarge(self.most)


@dataclass(frozen=True, slots=True)
class OfferBook:
    """Every offer and fee rate there is, by currency in the order that readers see."""

    currencies: tuple[str, ...]
    offers: Mapping[tuple[str, Frequency], Offer]
    fee_rates: Mapping[str, FeeRate]
    campaigns: Mapping[tuple[str, str, Frequency], Offer]

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> OfferBook:
        """The book of the data as parsed. Raises OfferBookInvalid, which names every problem at once."""
        reader = OfferDataReader(mapping)
        offers = {key: Offer(key[1], key[0], *amounts) for key, amounts in reader.offers().items()}
        campaigns = {key: Offer(key[2], key[1], *amounts) for key, amounts in reader.campaigns().items()}
        fee_rates = reader.fee_rates()
        reader.finish()
        return cls(tuple(fee_rates), offers, fee_rates, campaigns)

    def offer(self, currency: str, frequency: Frequency, campaign: str | None = None) -> Offer:
        """The campaign's offer, or the usual one where it has none. Raises UnsupportedCurrency.

        An unknown campaign is no error: it stands in old links, and anyone can write one.
        """
        usual = self.offers.get((currency, frequency))
        if usual is None:
            raise UnsupportedCurrency(currency)
        return self.campaigns.get((campaign or "", currency, frequency), usual)

    def fee_rate(self, currency: str) -> FeeRate:
        """What Stripe is taken to keep of a charge in this currency. Raises UnsupportedCurrency."""
        if currency not in self.fee_rates:
            raise UnsupportedCurrency(currency)
        return self.fee_rates[currency]
