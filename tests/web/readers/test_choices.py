"""What links wish and what forms order."""

from __future__ import annotations

import pytest

from donations.content.offers import load_offers
from donations.domain.gifts import Frequency, Gift
from donations.domain.money import Money
from donations.web.readers.choices import (
    OTHER,
    ChoiceProblem,
    Choices,
    choices_from_link,
    choices_of_gift,
    tile_value,
)

BOOK = load_offers()


def ordered(amount: str, other: str = "", frequency: Frequency | None = Frequency.ONCE) -> Choices:
    amounts = {} if frequency is None else {frequency: amount}
    return Choices("eur", frequency, amounts, other)


def test_an_empty_link_chooses_monthly_in_the_first_currency_with_the_default_amount() -> None:
    choices = choices_from_link({}, BOOK, "en")

    assert (choices.currency, choices.frequency) == ("eur", Frequency.MONTHLY)
    assert choices.amount_in(BOOK, Frequency.MONTHLY) == "10"


@pytest.mark.parametrize(
    ("link", "gift"),
    [
        ({"frequency": "once", "amount": "25"}, Gift(Money(2500, "eur"), Frequency.ONCE)),
        (
            {"frequency": "annual", "amount": "80", "currency": "GBP"},
            Gift(Money(8000, "gbp"), Frequency.ANNUAL),
        ),
        ({"amount": "12.50", "currency": "usd"}, Gift(Money(1250, "usd"), Frequency.MONTHLY)),
        ({"amount": "3", "campaign": "small-gifts"}, Gift(Money(300, "eur"), Frequency.MONTHLY)),
    ],
)
def test_a_link_fills_in_the_gift(link: dict[str, str], gift: Gift) -> None:
    start = Choices("eur", campaign=link.get("campaign"))

    assert choices_from_link(link, BOOK, "en", start).gift(BOOK, "en") == gift


@pytest.mark.parametrize(
    "link",
    [
        {"frequency": "weekly"},
        {"frequency": "ONCE\x00"},
        {"currency": "xxx"},
        {"currency": "jpy"},
        {"amount": "-5"},
        {"amount": "0"},
        {"amount": "1e3"},
        {"amount": "NaN"},
        {"amount": "99999999999999"},
        {"amount": "1001"},
        {"amount": "١٠"},
        {"amount": "<script>"},
        {"amount": "1" * 5000},
    ],
)
def test_junk_in_a_link_is_ignored(link: dict[str, str]) -> None:
    assert choices_from_link(link, BOOK, "en") == choices_from_link({}, BOOK, "en")


def test_a_campaign_brings_its_own_default() -> None:
    choices = choices_from_link({}, BOOK, "en", Choices("eur", campaign="small-gifts"))

    assert choices.amount_in(BOOK, Frequency.MONTHLY) == "3"


@pytest.mark.parametrize(
    ("choices", "field", "sentence"),
    [
        (ordered("", frequency=None), "frequency", "Choose how you would like to give"),
        (ordered(""), "amount_once", "Choose an amount, or enter another amount"),
        (ordered("7"), "amount_once", "Choose an amount, or enter another amount"),
        (ordered("50.0", "30"), "amount_once", "Choose an amount, or enter another amount"),
        (ordered(OTHER), "amount_once", "Choose an amount, or enter another amount"),
        (ordered(OTHER, "   "), "amount_once", "Choose an amount, or enter another amount"),
        (ordered(OTHER, "1"), "other_amount", "Enter an amount of €2 or more"),
        (ordered(OTHER, "0"), "other_amount", "Enter an amount of €2 or more"),
        (ordered(OTHER, "9", Frequency.ANNUAL), "other_amount", "Enter an amount of €10 or more"),
    ],
)
def test_what_is_missing_or_wrong_is_said_in_the_readers_words(
    choices: Choices, field: str, sentence: str
) -> None:
    with pytest.raises(ChoiceProblem) as problem:
        choices.gift(BOOK, "en")

    assert (problem.value.field, str(problem.value)) == (field, sentence)


def test_above_the_most_we_ask_to_be_written_to() -> None:
    with pytest.raises(ChoiceProblem, match="please write to us") as problem:
        ordered(OTHER, "10001").gift(BOOK, "en")

    assert problem.value.field == "other_amount"


@pytest.mark.parametrize(
    ("text", "locale", "amount"),
    [("€10", "en", 1000), ("10.50", "en", 1050), ("1 000", "en", 100000), ("10,50", "nl", 1050)],
)
def test_an_amount_is_understood_as_the_page_is_written(text: str, locale: str, amount: int) -> None:
    gift = ordered(OTHER, text).gift(BOOK, locale)

    assert gift.money == Money(amount, "eur")


def test_an_amount_written_without_picking_a_tile_is_what_was_meant() -> None:
    assert ordered("", "33").gift(BOOK, "en").money == Money(3300, "eur")


def test_a_tile_wins_over_what_is_left_in_the_hidden_field() -> None:
    assert ordered("25", "33").gift(BOOK, "en").money == Money(2500, "eur")


@pytest.mark.parametrize("amount", [2500, 1234])
def test_choices_made_of_a_gift_ask_for_the_same_gift(amount: int) -> None:
    gift = Gift(Money(amount, "gbp"), Frequency.ONCE)

    choices = choices_of_gift(gift, covers_fees=True, campaign=None, book=BOOK, locale="en")

    assert choices.gift(BOOK, "en") == gift
    assert choices.covers_fees


@pytest.mark.parametrize(("amount", "value"), [(1000, "10"), (1050, "10.50"), (5, "0.05")])
def test_a_tile_is_named_in_major_units(amount: int, value: str) -> None:
    assert tile_value(Money(amount, "eur")) == value
