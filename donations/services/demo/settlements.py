"""What a charge comes to on our balance: the rate of its month, and the fee of its card."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Final, NamedTuple

from donations.domain.currencies import exponent_of
from donations.services.demo.moments import DAY

_OURS: Final = "eur"
_RATES: Final[Mapping[str, float]] = {"usd": 0.92, "gbp": 1.16}
"""Euros for one, about which they wander. What has no rate is settled as it is."""
_WANDERS: Final = 0.012
_MONTH: Final = 30 * DAY
_FEES: Final = (150, 150, 150, 250, 325)
"""Shares in basis points, by where the card is from."""
_FIXED: Final = 25
_WHOLE: Final = 10_000


class Settlement(NamedTuple):
    """Amounts in minor units of `currency`: what was settled, less the fee, is the net."""

    currency: str
    settled: int
    fee: int
    net: int


class Settlements:
    """Of a history between two instants. Halfway, an account in pounds is opened."""

    def __init__(self, since: int, until: int, random: Random) -> None:
        self._since = since
        self._pounds_since = (since + until) // 2
        months = (until - since) // _MONTH + 1
        self._known: dict[tuple[int, str, int, int, bool], Settlement] = {}
        """Amounts, cards and months are few."""
        self._rates = {code: _wandering(rate, months, random) for code, rate in _RATES.items()}

    def draw_card(self, random: Random) -> int:
        """A card's share of the fee, which goes with all that it pays."""
        return random.choice(_FEES)

    def of(self, amount: int, currency: str, card: int, at: int) -> Settlement:
        month = (at - self._since) // _MONTH
        key = (amount, currency, card, month, at >= self._pounds_since)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._reckoned(*key)
        return found

    def _reckoned(
        self, amount: int, currency: str, card: int, month: int, pounds_are_kept: bool
    ) -> Settlement:
        rates = self._rates.get(currency)
        if rates is None or (currency == "gbp" and pounds_are_kept):
            return whole(amount, currency, _fee(amount, card, currency))
        settled = max(1, round(amount * rates[min(month, len(rates) - 1)]))
        return whole(settled, _OURS, _fee(settled, card, _OURS))


def whole(settled: int, currency: str, fee: int) -> Settlement:
    return Settlement(currency, settled, fee, settled - fee)


def _fee(settled: int, card: int, currency: str) -> int:
    """Never more than there is."""
    fixed = _FIXED * 10 ** exponent_of(currency) // 100
    return min(settled, -(-settled * card // _WHOLE) + fixed)


def _wandering(rate: float, months: int, random: Random) -> tuple[float, ...]:
    rates: list[float] = []
    for _ in range(months):
        rates.append(rate)
        rate *= 1 + random.uniform(-_WANDERS, _WANDERS)
    return tuple(rates)
