"""Everything the support page says that must be reckoned: tiles, fees, links and dates.

For each amount there is a sentence, a button text and a fee, all drawn by the server; CSS shows
the one that is chosen. So the page is right without JavaScript, and the template does no sums.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from babel.dates import format_date
from babel.numbers import format_percent, get_currency_name, get_currency_symbol
from flask import url_for

from donations.domain.currencies import exponent_of, smallest_step_of
from donations.domain.fees import FeeRate, covering_fees
from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.domain.offers import OfferBook
from donations.services.checkouts import Origin
from donations.web.readers.choices import OTHER, Choices, amount_field, tile_value
from donations.web.readers.origins import origin_parameters

_WHOLE: Final = 10_000
_MANY: Final = 100
_LAST_DAY_OF_EVERY_MONTH: Final = 28


@dataclass(frozen=True, slots=True)
class Tile:
    """One amount to choose; without `money` it is the one that readers write themselves."""

    key: str
    value: str
    is_chosen: bool
    money: Money | None = None
    charge: Money | None = None
    """With the fee covered."""
    fee: Money | None = None


@dataclass(frozen=True, slots=True)
class AmountSet:
    """The tiles of one frequency."""

    frequency: Frequency
    field: str
    is_chosen: bool
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class CurrencyLink:
    code: str
    symbol: str
    name: str
    url: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Fees:
    """What is said of Stripe's fee in one currency, and what the script needs to reckon it as we do."""

    share: str
    fixed: Money
    basis_points: int
    decimals: int
    step: int


@dataclass(frozen=True, slots=True)
class SupportPage:
    """What the template draws beside the form's own fields."""

    choices: Choices
    amounts: tuple[AmountSet, ...]
    currencies: tuple[CurrencyLink, ...]
    symbol: str
    currency_name: str
    """As in "another amount in euros", or "100 euros"."""
    fees: Fees
    nudge: Money
    nudge_url: str
    hidden: Mapping[str, str]
    today: date
    day_of_year: str
    is_late_in_month: bool
    """Then a monthly gift falls on the last day of months that are shorter."""

    @property
    def tiles(self) -> Iterator[tuple[Frequency, Tile]]:
        """Every amount with its frequency, for the texts that depend on both."""
        return ((each.frequency, tile) for each in self.amounts for tile in each.tiles)


def support_page(
    choices: Choices, origin: Origin, book: OfferBook, today: date, locale: str, *, kept: Mapping[str, str]
) -> SupportPage:
    """The page for these choices, on this day; `kept` goes along when the currency is changed."""
    rate = book.fee_rate(choices.currency)
    nudge = choices.offer(book, Frequency.MONTHLY).presets[0]
    carried = origin_parameters(origin)
    return SupportPage(
        choices=choices,
        amounts=tuple(_amount_set(choices, book, each, rate) for each in Frequency),
        currencies=tuple(
            _currency_link(choices, book, each, {**carried, **kept}, locale) for each in book.currencies
        ),
        symbol=get_currency_symbol(choices.currency.upper(), locale),
        currency_name=get_currency_name(choices.currency.upper(), count=_MANY, locale=locale),
        fees=_fees(rate, choices.currency, locale),
        nudge=nudge,
        nudge_url=support_url(
            currency=choices.currency, frequency=Frequency.MONTHLY, amount=tile_value(nudge), **carried
        ),
        hidden={"currency": choices.currency, **carried},
        today=today,
        day_of_year=format_date(today, "d MMMM", locale),
        is_late_in_month=today.day > _LAST_DAY_OF_EVERY_MONTH,
    )


def support_url(**parameters: str) -> str:
    """The support page with these choices made."""
    given: dict[str, Any] = {name: value for name, value in parameters.items() if value}
    return url_for("readers.support", **given)


def _amount_set(choices: Choices, book: OfferBook, frequency: Frequency, rate: FeeRate) -> AmountSet:
    chosen = choices.amount_in(book, frequency)
    presets = choices.offer(book, frequency).presets
    tiles = (_tile(f"{frequency}-{n}", money, chosen, rate) for n, money in enumerate(presets, start=1))
    other = Tile(key=f"{frequency}-{OTHER}", value=OTHER, is_chosen=chosen == OTHER)
    return AmountSet(frequency, amount_field(frequency), choices.frequency is frequency, (*tiles, other))


def _tile(key: str, money: Money, chosen: str, rate: FeeRate) -> Tile:
    charge = covering_fees(money, rate)
    value = tile_value(money)
    return Tile(key, value, value == chosen, money, charge, charge - money)


def _currency_link(
    choices: Choices, book: OfferBook, currency: str, carried: Mapping[str, str], locale: str
) -> CurrencyLink:
    return CurrencyLink(
        code=currency.upper(),
        symbol=get_currency_symbol(currency.upper(), locale),
        name=get_currency_name(currency.upper(), locale=locale),
        url=support_url(
            currency=currency,
            frequency=choices.frequency or "",
            amount=_amount_in_currency(choices, book, currency, locale),
            **carried,
        ),
        is_chosen=currency == choices.currency,
    )


def _amount_in_currency(choices: Choices, book: OfferBook, currency: str, locale: str) -> str:
    """The tile in the same place (€10 and £8 are), or else the same figure."""
    if choices.frequency is None:
        return ""
    chosen = choices.amount_in(book, choices.frequency)
    if chosen == OTHER:
        return choices.other_in_link(locale)
    here = [tile_value(money) for money in choices.offer(book, choices.frequency).presets]
    there = book.offer(currency, choices.frequency, choices.campaign).presets
    place = here.index(chosen) if chosen in here else len(there)
    return tile_value(there[place]) if place < len(there) else chosen


def _fees(rate: FeeRate, currency: str, locale: str) -> Fees:
    return Fees(
        share=format_percent(Decimal(rate.basis_points) / _WHOLE, locale=locale, decimal_quantization=False),
        fixed=rate.fixed,
        basis_points=rate.basis_points,
        decimals=exponent_of(currency),
        step=smallest_step_of(currency),
    )
