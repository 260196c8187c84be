"""Offers are data: what they allow, and how faulty data is refused."""

import copy
from decimal import Decimal
from typing import Any

import pytest

from donations.domain.errors import AmountTooLarge, AmountTooSmall, CurrencyMismatch, UnsupportedCurrency
from donations.domain.fees import FeeRate
from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.domain.offer_data import OfferBookInvalid
from donations.domain.offers import OfferBook

AMOUNTS: dict[str, Any] = {"presets": [5, 10], "default": 10, "least": 2, "most": 100}
DATA: dict[str, Any] = {
    "offers": {
        "eur": {frequency: {**AMOUNTS} for frequency in ("once", "monthly", "annual")},
        "jpy": {frequency: {**AMOUNTS} for frequency in ("once", "monthly", "annual")},
    },
    "fees": {
        "eur": {"percent": Decimal("1.5"), "fixed": Decimal("0.25")},
        "jpy": {"percent": Decimal("3.6"), "fixed": 0},
    },
    "campaigns": {"spring": {"eur": {"once": {"presets": [3, 4], "default": 3}}}},
}


def data() -> dict[str, Any]:
    return copy.deepcopy(DATA)


def problems_of(faulty: dict[str, Any]) -> tuple[str, ...]:
    with pytest.raises(OfferBookInvalid) as caught:
        OfferBook.from_mapping(faulty)
    return caught.value.problems


def test_amounts_of_the_data_are_major_units():
    book = OfferBook.from_mapping(data())

    assert book.currencies == ("eur", "jpy")
    assert book.offer("eur", Frequency.ONCE).presets == (Money(500, "eur"), Money(1000, "eur"))
    assert book.offer("jpy", Frequency.ONCE).presets == (Money(5, "jpy"), Money(10, "jpy"))
    assert book.fee_rate("eur") == FeeRate(150, Money(25, "eur"))


def test_an_offer_knows_what_it_is_for():
    book = OfferBook.from_mapping(data())

    for currency in book.currencies:
        for frequency in Frequency:
            offer = book.offer(currency, frequency)
            assert (offer.currency, offer.frequency) == (currency, frequency)
    spring = book.offer("eur", Frequency.ONCE, "spring")
    assert (spring.currency, spring.frequency) == ("eur", Frequency.ONCE)


def test_a_campaign_changes_what_it_names_and_nothing_else():
    book = OfferBook.from_mapping(data())

    offer = book.offer("eur", Frequency.ONCE, "spring")

    assert offer.presets == (Money(300, "eur"), Money(400, "eur"))
    assert offer.default == Money(300, "eur")
    assert (offer.least, offer.most) == (Money(200, "eur"), Money(10_000, "eur"))
    assert book.offer("eur", Frequency.MONTHLY, "spring") == book.offer("eur", Frequency.MONTHLY)


@pytest.mark.parametrize("campaign", [None, "", "unheard-of"])
def test_an_unknown_campaign_falls_back_to_the_usual_offer(campaign: str | None):
    book = OfferBook.from_mapping(data())

    assert book.offer("eur", Frequency.ONCE, campaign).default == Money(1000, "eur")


def test_a_currency_that_is_not_offered_is_refused_though_stripe_has_it():
    book = OfferBook.from_mapping(data())

    with pytest.raises(UnsupportedCurrency) as of_offer:
        book.offer("chf", Frequency.ONCE)
    with pytest.raises(UnsupportedCurrency) as of_rate:
        book.fee_rate("chf")
    assert of_offer.value.currency == of_rate.value.currency == "chf"


def test_least_and_most_are_themselves_allowed():
    offer = OfferBook.from_mapping(data()).offer("eur", Frequency.ONCE)

    offer.check(Money(200, "eur"))
    offer.check(Money(10_000, "eur"))


def test_a_cent_outside_the_limits_is_refused_in_the_readers_terms():
    offer = OfferBook.from_mapping(data()).offer("eur", Frequency.ONCE)

    with pytest.raises(AmountTooSmall, match=r"^Enter an amount of €2 or more$") as small:
        offer.check(Money(199, "eur"))
    with pytest.raises(AmountTooLarge, match=r"€100 or less.*write to us") as large:
        offer.check(Money(10_001, "eur"))

    assert small.value.least == Money(200, "eur")
    assert large.value.most == Money(10_000, "eur")


def test_an_amount_of_another_currency_is_never_within_the_limits():
    offer = OfferBook.from_mapping(data()).offer("eur", Frequency.ONCE)

    with pytest.raises(CurrencyMismatch):
        offer.check(Money(1000, "usd"))


def test_every_problem_is_named_at_once():
    faulty = data()
    faulty["offers"]["eur"]["once"]["default"] = 7
    faulty["offers"]["eur"]["monthly"]["presets"] = [10, 5]
    faulty["offers"]["EUR"] = {}
    del faulty["offers"]["jpy"]["annual"]
    faulty["fees"]["jpy"]["fixed"] = 0.5

    assert problems_of(faulty) == (
        "offers.eur.once.default: is not one of the presets",
        "offers.eur.monthly.presets: must grow from one to the next",
        "offers.jpy.annual: is missing",
        "offers.EUR: is no currency of Stripe's (codes are lower-case)",
        "fees.jpy.fixed: 0.5 is not an exact number",
    )


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (("offers",), {}, "offers: there are none"),
        (("offers",), [], "offers: must be a table"),
        (("surprise",), 1, "the file: does not know 'surprise'"),
        (("offers", "eur", "weekly"), {}, "offers.eur: does not know 'weekly'"),
        (("offers", "eur", "once", "presets"), [], "offers.eur.once.presets: must be a list"),
        (("offers", "eur", "once", "presets"), [5, "10"], "'10' is not an exact number"),
        (("offers", "eur", "once", "presets"), [5, 5, 10], "must grow"),
        (("offers", "eur", "once", "presets"), [3, 4, 5, 6, 7, 8, 10], "must be 6 at most"),
        (("offers", "eur", "once", "least"), True, "True is not an exact number"),
        (("offers", "eur", "once", "least"), 0, "needs 0 < least"),
        (("offers", "eur", "once", "least"), 6, "needs 0 < least"),
        (("offers", "eur", "once", "most"), 9, "needs 0 < least"),
        (("offers", "eur", "once", "most"), Decimal("NaN"), "is not an exact number"),
        (("offers", "jpy", "once", "least"), Decimal("1.5"), "has more decimals than JPY"),
        (("offers", "eur", "once", "lowest"), 2, "does not know 'lowest'"),
        (("fees", "gbp"), {"percent": 1, "fixed": 0}, "fees: does not know 'gbp'"),
        (("fees", "eur", "percent"), 100, "percent < 100"),
        (("fees", "eur", "percent"), Decimal("1.555"), "in hundredths"),
        (("fees", "eur", "fixed"), -1, "fixed ≥ 0"),
        (("campaigns", "spring", "usd"), {}, "campaigns.spring: does not know 'usd'"),
        (("campaigns", "spring", "eur", "once", "default"), 9, "campaigns.spring.eur.once.default"),
        (("campaigns", "spring", "eur", "daily"), {}, "does not know 'daily'"),
        (("offers", "eur", "once"), {}, "offers.eur.once.least: is missing"),
        (("fees", "eur"), {}, "fees.eur.percent: is missing"),
        (("campaigns",), 5, "campaigns: must be a table"),
        (("campaigns", "spring", "eur", "once"), 5, "campaigns.spring.eur.once: must be a table"),
        (("offers", "eur"), 5, "offers.eur: must be a table"),
    ],
)
def test_faulty_data_is_refused_with_its_place(path: tuple[str, ...], value: object, problem: str):
    faulty = data()
    inner = faulty
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value

    assert any(problem in each for each in problems_of(faulty))
