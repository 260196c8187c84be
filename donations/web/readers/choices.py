"""What a reader has chosen so far: from a link, from a form sent, or from a checkout left at Stripe.

The page is drawn from this one value whichever way it came, so nothing that was chosen is lost on
the way. A link is only a wish: what is junk in it is ignored. A form is an order: what is wrong in
it is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from donations.domain.amounts import parse_amount, typed
from donations.domain.errors import DonationError
from donations.domain.gifts import Frequency, Gift
from donations.domain.money import Money
from donations.domain.offers import Offer, OfferBook
from donations.domain.sentences import N_
from donations.domain.written import SOURCE_LOCALE

OTHER: Final = "other"
"""What an amount field holds when the reader writes an amount of their own."""

PRESELECTED: Final = Frequency.MONTHLY
LONGEST_TYPED: Final = 40

_CHOOSE_FREQUENCY: Final = N_("Choose how you would like to give")
_CHOOSE_AMOUNT: Final = N_("Choose an amount, or enter another amount")


class ChoiceProblem(Exception):
    """One choice is missing or cannot be taken; `field` is the form field, `reason` is for the reader."""

    def __init__(self, field: str, reason: DonationError) -> None:
        super().__init__(str(reason))
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Choices:
    """As chosen, not yet checked. Values of `amounts` are a tile's value, `other`, or empty."""

    currency: str
    frequency: Frequency | None = PRESELECTED
    amounts: Mapping[Frequency, str] = field(default_factory=dict[Frequency, str])
    other_amount: str = ""
    covers_fees: bool = False
    campaign: str | None = None

    def offer(self, book: OfferBook, frequency: Frequency) -> Offer:
        return book.offer(self.currency, frequency, self.campaign)

    def amount_in(self, book: OfferBook, frequency: Frequency) -> str:
        """The value chosen among the tiles of `frequency`; the offer's default until one is."""
        return self.amounts.get(frequency) or tile_value(self.offer(book, frequency).default)

    def other_in_link(self, locale: str) -> str:
        """The amount that the reader wrote, as a link names it; what is no amount stays as it is."""
        try:
            return tile_value(parse_amount(self.other_amount, self.currency, locale))
        except DonationError:
            return self.other_amount

    def gift(self, book: OfferBook, locale: str) -> Gift:
        """The gift that was asked for. Raises ChoiceProblem for the first thing that is wrong with it."""
        if self.frequency is None:
            raise ChoiceProblem("frequency", DonationError(_CHOOSE_FREQUENCY))
        offer = self.offer(book, self.frequency)
        chosen = self.amounts.get(self.frequency, "")
        for preset in offer.presets:
            if chosen == tile_value(preset):
                return Gift(preset, self.frequency)
        # Whoever wrote an amount and picked nothing means what they wrote.
        is_other = chosen == OTHER or not chosen
        if not is_other or not self.other_amount.strip():
            raise ChoiceProblem(amount_field(self.frequency), DonationError(_CHOOSE_AMOUNT))
        return Gift(_accepted(self.other_amount, offer, locale), self.frequency)


def amount_field(frequency: Frequency) -> str:
    """The name of the form field that holds the amount for `frequency`."""
    return f"amount_{frequency}"


def tile_value(money: Money) -> str:
    """A preset as the form sends it and links name it: major units, `10` or `7.50`."""
    return typed(money, SOURCE_LOCALE)


def choices_from_link(
    values: Mapping[str, str], book: OfferBook, locale: str, start: Choices | None = None
) -> Choices:
    """What the parameters of a link choose, over `start` or the page's defaults; junk is ignored."""
    start = start or Choices(currency=book.currencies[0])
    currency = values.get("currency", "").strip().lower()
    frequency = values.get("frequency", "").strip().lower()
    wished = replace(
        start,
        currency=currency if currency in book.currencies else start.currency,
        frequency=Frequency(frequency) if frequency in set(Frequency) else start.frequency,
    )
    return _with_amount(wished, values.get("amount", ""), book, locale)


def choices_of_gift(
    gift: Gift, *, covers_fees: bool, campaign: str | None, book: OfferBook, locale: str
) -> Choices:
    """What a reader had chosen who asked for `gift`."""
    blank = Choices(gift.money.currency, gift.frequency, covers_fees=covers_fees, campaign=campaign)
    return _with_amount(blank, tile_value(gift.money), book, locale)


def _with_amount(choices: Choices, text: str, book: OfferBook, locale: str) -> Choices:
    if choices.frequency is None or not text.strip():
        return choices
    try:
        # Links are written by programs: a point before the cents in every language.
        money = parse_amount(text, choices.currency, SOURCE_LOCALE)
        choices.offer(book, choices.frequency).check(money)
    except DonationError:
        return choices
    if money in choices.offer(book, choices.frequency).presets:
        return replace(choices, amounts={choices.frequency: tile_value(money)}, other_amount="")
    return replace(choices, amounts={choices.frequency: OTHER}, other_amount=typed(money, locale))


def _accepted(text: str, offer: Offer, locale: str) -> Money:
    try:
        money = parse_amount(text, offer.currency, locale)
        offer.check(money)
    except DonationError as error:
        raise ChoiceProblem("other_amount", error) from None
    return money
