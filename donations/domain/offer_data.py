"""Reading the offers' data, with every fault found in one go.

An editor who changed five amounts wants five complaints, not the first of them, so
nothing raises on the way: each fault is noted with its place, and `finish` raises
them together. A float is a fault: 0.1 is not what it says.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final, NamedTuple, cast

from donations.domain.currencies import is_known
from donations.domain.errors import DonationError
from donations.domain.fees import FeeRate
from donations.domain.gifts import Frequency
from donations.domain.money import Money

Table = Mapping[str, Any]

MOST_PRESETS: Final = 6
"""The page's style sheet tells this many tiles apart."""
_KEYS: Final = ("presets", "default", "least", "most")


class OfferBookInvalid(DonationError):
    """The data of the offers is wrong; for staff. `problems` has one line each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("The offers cannot be used:\n" + "\n".join(f"- {problem}" for problem in problems))
        self.problems = tuple(problems)


class Amounts(NamedTuple):
    """The amounts of one offer, in the order of its fields."""

    presets: tuple[Money, ...]
    default: Money
    least: Money
    most: Money


class OfferDataReader:
    """Reads one parsed file; ask for its parts, then `finish`."""

    def __init__(self, data: Table) -> None:
        self._problems: list[str] = []
        self._offers = self._table(data, "offers", "") or {}
        self._fees = self._table(data, "fees", "") or {}
        self._campaigns = self._table({"campaigns": {}, **data}, "campaigns", "") or {}
        self._refuse_others(data, ("offers", "fees", "campaigns"), "the file")
        if not self._offers:
            self._problems.append("offers: there are none")

    def offers(self) -> dict[tuple[str, Frequency], Amounts]:
        """The usual amounts of each currency and frequency; every currency needs all frequencies."""
        found: dict[tuple[str, Frequency], Amounts] = {}
        for currency in self._offers:
            place = f"offers.{currency}"
            if not self._is_currency(currency, place):
                continue
            by_frequency = self._table(self._offers, currency, "offers.")
            if by_frequency is None:
                continue
            self._refuse_others(by_frequency, tuple(Frequency), place)
            for frequency in Frequency:
                data = self._table(by_frequency, frequency, f"{place}.")
                amounts = None if data is None else self._amounts(data, currency, f"{place}.{frequency}")
                if amounts:
                    found[currency, frequency] = amounts
        return found

    def campaigns(self) -> dict[tuple[str, str, Frequency], Amounts]:
        """What campaigns offer instead: each may set some of the amounts, the usual ones fill in."""
        found: dict[tuple[str, str, Frequency], Amounts] = {}
        for campaign in self._campaigns:
            by_currency = self._table(self._campaigns, campaign, "campaigns.") or {}
            self._refuse_others(by_currency, tuple(self._offers), f"campaigns.{campaign}")
            for currency in filter(self._offers.__contains__, by_currency):
                found |= self._campaign_in(campaign, currency, by_currency)
        return found

    def fee_rates(self) -> dict[str, FeeRate]:
        """One rate for each currency that is offered, in the order of the offers."""
        self._refuse_others(self._fees, tuple(self._offers), "fees")
        found: dict[str, FeeRate] = {}
        for currency in filter(is_known, self._offers):
            data = self._table(self._fees, currency, "fees.")
            rate = None if data is None else self._rate(data, currency, f"fees.{currency}")
            if rate:
                found[currency] = rate
        return found

    def finish(self) -> None:
        """Raises OfferBookInvalid if anything was wrong."""
        if self._problems:
            raise OfferBookInvalid(self._problems)

    def _campaign_in(
        self, campaign: str, currency: str, by_currency: Table
    ) -> dict[tuple[str, str, Frequency], Amounts]:
        place = f"campaigns.{campaign}.{currency}"
        by_frequency = self._table(by_currency, currency, f"campaigns.{campaign}.") or {}
        self._refuse_others(by_frequency, tuple(Frequency), place)
        found: dict[tuple[str, str, Frequency], Amounts] = {}
        for frequency in filter(by_frequency.__contains__, Frequency):
            own = self._table(by_frequency, frequency, f"{place}.") or {}
            usual = _inner(_inner(self._offers, currency), frequency)
            amounts = self._amounts({**usual, **own}, currency, f"{place}.{frequency}")
            if amounts:
                found[campaign, currency, frequency] = amounts
        return found

    def _amounts(self, data: Table, currency: str, place: str) -> Amounts | None:
        self._refuse_others(data, _KEYS, place)
        presets = [self._money(each, currency, f"{place}.presets") for each in self._list(data, place)]
        default, least, most = (self._money(data.get(key), currency, f"{place}.{key}") for key in _KEYS[1:])
        known = [each for each in presets if each is not None]
        if default is None or least is None or most is None or not presets or len(known) < len(presets):
            return None
        amounts = Amounts(tuple(known), default, least, most)
        self._compare(amounts, place)
        return amounts

    def _compare(self, amounts: Amounts, place: str) -> None:
        presets, default, least, most = amounts
        if len(presets) > MOST_PRESETS:
            self._problems.append(f"{place}.presets: must be {MOST_PRESETS} at most")
        if any(later <= earlier for earlier, later in pairwise(presets)):
            self._problems.append(f"{place}.presets: must grow from one to the next")
        if default not in presets:
            self._problems.append(f"{place}.default: is not one of the presets")
        if not Money.zero(least.currency) < least <= presets[0] or presets[-1] > most:
            self._problems.append(f"{place}: needs 0 < least ≤ every preset ≤ most")

    def _rate(self, data: Table, currency: str, place: str) -> FeeRate | None:
        self._refuse_others(data, ("percent", "fixed"), place)
        fixed = self._money(data.get("fixed"), currency, f"{place}.fixed")
        percent = self._number(data.get("percent"), f"{place}.percent")
        if fixed is None or percent is None:
            return None
        if fixed.amount < 0 or not 0 <= percent < 100 or percent * 100 % 1:
            self._problems.append(f"{place}: needs fixed ≥ 0 and 0 ≤ percent < 100, in hundredths")
            return None
        return FeeRate(int(percent * 100), fixed)

    def _money(self, raw: object, currency: str, place: str) -> Money | None:
        number = self._number(raw, place)
        if number is None:
            return None
        try:
            return Money.from_major(number, currency)
        except ValueError as error:
            self._problems.append(f"{place}: {error}")
            return None

    def _number(self, raw: object, place: str) -> Decimal | None:
        if isinstance(raw, int | Decimal) and not isinstance(raw, bool):
            number = Decimal(raw)
            if number.is_finite():
                return number
        self._problems.append(
            f"{place}: {'is missing' if raw is None else f'{raw!r} is not an exact number'}"
        )
        return None

    def _list(self, data: Table, place: str) -> list[object]:
        presets = data.get("presets")
        if isinstance(presets, list) and presets:
            return cast("list[object]", presets)
        self._problems.append(f"{place}.presets: must be a list with at least one amount")
        return []

    def _table(self, data: Table, key: str, prefix: str) -> Table | None:
        value = data.get(key)
        if isinstance(value, Mapping):
            return cast("Table", value)
        self._problems.append(f"{prefix}{key}: {'is missing' if value is None else 'must be a table'}")
        return None

    def _is_currency(self, currency: str, place: str) -> bool:
        if not is_known(currency):
            self._problems.append(f"{place}: is no currency of Stripe's (codes are lower-case)")
        return is_known(currency)

    def _refuse_others(self, data: Table, allowed: tuple[str, ...], place: str) -> None:
        self._problems.extend(f"{place}: does not know {key!r}" for key in data if key not in allowed)


def _inner(data: Table, key: str) -> Table:
    """The table at `key`, or an empty one: its absence is complained of where it is read."""
    value = data.get(key)
    return cast("Table", value) if isinstance(value, Mapping) else {}
