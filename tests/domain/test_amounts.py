"""What a reader types is understood in the page's locale, or refused with a hint."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donations.domain.amounts import format_money, parse_amount, typed
from donations.domain.errors import AmountNotUnderstood, UnsupportedCurrency
from donations.domain.money import Money

LOCALES = ["en", "nl", "de", "ru", "fr", "de_CH", "pl", "en-GB"]
CURRENCIES = ["eur", "usd", "gbp", "jpy", "kwd", "isk", "huf", "chf"]
STEPS = {"kwd": 10, "isk": 100}


@given(st.integers(min_value=0, max_value=10**9), st.sampled_from(CURRENCIES), st.sampled_from(LOCALES))
def test_what_we_write_we_also_read(steps: int, currency: str, locale: str):
    money = Money(steps * STEPS.get(currency, 1), currency)

    assert parse_amount(format_money(money, locale), currency, locale) == money


@pytest.mark.parametrize(
    ("text", "locale", "minor"),
    [
        ("10", "en", 1000),
        ("10.5", "en", 1050),
        ("10.50", "en", 1050),
        ("0.50", "en", 50),
        ("0", "en", 0),
        ("010", "en", 1000),
        ("  10\t", "en", 1000),
        ("€10", "en", 1000),
        ("€ 10", "en", 1000),
        ("10 €", "en", 1000),
        ("10\u00a0€", "en", 1000),
        ("EUR 10", "en", 1000),
        ("eur10", "en", 1000),
        ("10 Eur", "en", 1000),
        ("1,000", "en", 100_000),
        ("1,000,000.00", "en", 100_000_000),
        ("1 000", "en", 100_000),
        ("1\u00a0000", "en", 100_000),
        ("1\u202f000.50", "en", 100_050),
        ("10,50", "nl", 1050),
        ("10,50", "de", 1050),
        ("10,50", "ru", 1050),
        ("1,00", "nl", 100),
        ("1.000", "de", 100_000),
        ("1.000,50", "nl", 100_050),
        ("1 000", "nl", 100_000),
        ("1 000,50", "ru", 100_050),
        ("1'000.50", "de_CH", 100_050),
        ("1’000.50", "de_CH", 100_050),
    ],
)
def test_an_amount_is_read_as_its_locale_writes_it(text: str, locale: str, minor: int):
    assert parse_amount(text, "eur", locale) == Money(minor, "eur")


@pytest.mark.parametrize("locale", ["en", "nl", "de", "ru"])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "€",
        "ten",
        "NaN",
        "nan",
        "Infinity",
        "-Infinity",
        "inf",
        "1e5",
        "1E5",
        "0x10",
        "1_000",
        "-0",
        "−0",
        "-5",
        "−5",
        "+5",
        "(5)",
        "١٠",
        "１０",
        "²",
        "1.2.3",
        "1,2,3",
        "10..5",
        "10,,5",
        "10.",
        "10,",
        ".50",
        ",50",
        "1.00,50",
        "1,00.50",
        "1 00",
        "10 00",
        "1  000",
        "1 000\u00a0000",
        "1000 000",
        "0 500",
        "€10€",
        "€ EUR 10",
        "10 10",
        "10\n10",
        "10;DROP",
        "9" * 13,
        "9" * 400,
        "1" + "\u200b" + "0",
    ],
)
def test_what_is_no_amount_in_any_locale_is_refused(text: str, locale: str):
    with pytest.raises(AmountNotUnderstood):
        parse_amount(text, "eur", locale)


@pytest.mark.parametrize(
    ("text", "currency", "locale", "hint"),
    [
        ("10,50", "eur", "en", "Use a point before the cents, like 10.50"),
        ("1,00", "eur", "en", "Use a point before the cents, like 10.50"),
        ("10,5", "gbp", "en", "Use a point before the pence, like 10.50"),
        ("1.000,50", "usd", "en", "Use a point before the cents, like 10.50"),
        ("10.50", "eur", "nl", "Use a comma before the cents, like 10,50"),
        ("10.50", "eur", "de", "Use a comma before the cents, like 10,50"),
        ("10.50", "eur", "ru", "Use a comma before the cents, like 10,50"),
        ("1,000.50", "eur", "nl", "Use a comma before the cents, like 10,50"),
        ("10.505", "eur", "en", "Use at most two digits after the point, like 10.50"),
        ("1,000", "eur", "nl", "Use at most two digits after the comma, like 10,50"),
        ("1.000", "eur", "ru", "Enter an amount in figures, like 10 or 10,50"),
        ("0.500", "eur", "de", "Enter an amount in figures, like 10 or 10,50"),
        ("ten", "eur", "en", "Enter an amount in figures, like 10 or 10.50"),
        ("1.000.000", "eur", "en", "Enter an amount in figures, like 10 or 10.50"),
        ("$10", "eur", "en", "Enter the amount in EUR only, like 10.50"),
        ("500.00", "jpy", "en", "Enter a whole amount, like 500"),
        ("5,00", "jpy", "en", "Enter a whole amount, like 500"),
        ("5.00", "isk", "en", "Enter a whole amount, like 500"),
        ("1.2345", "kwd", "en", "Use at most three digits after the point, like 10.500"),
        ("1.235", "kwd", "en", "Enter an amount in figures, like 10 or 10.500"),
        ("9999999999999", "eur", "en", "Enter a smaller amount"),
    ],
)
def test_a_refusal_says_how_to_write_it(text: str, currency: str, locale: str, hint: str):
    with pytest.raises(AmountNotUnderstood) as caught:
        parse_amount(text, currency, locale)

    assert str(caught.value) == hint


@given(st.text(max_size=50), st.sampled_from(LOCALES))
def test_any_text_is_an_amount_or_is_refused_and_nothing_else_happens(text: str, locale: str):
    try:
        money = parse_amount(text, "eur", locale)
    except AmountNotUnderstood:
        return

    assert money.amount >= 0
    assert any(each in "0123456789" for each in text)


def test_the_longest_amount_that_stripe_takes_is_read_and_one_digit_more_is_not():
    assert parse_amount("9" * 12, "eur", "en") == Money(int("9" * 12) * 100, "eur")
    assert parse_amount("0" * 28 + "9" * 12, "eur", "en") == Money(int("9" * 12) * 100, "eur")
    with pytest.raises(AmountNotUnderstood, match="figures"):
        parse_amount("0" * 40 + "1", "eur", "en")


def test_an_unknown_currency_is_told_apart_from_a_bad_amount():
    with pytest.raises(UnsupportedCurrency):
        parse_amount("10", "xxx", "en")


@pytest.mark.parametrize(
    ("money", "locale", "text"),
    [
        (Money(1000, "eur"), "en", "€10"),
        (Money(1041, "eur"), "en", "€10.41"),
        (Money(41, "eur"), "en", "€0.41"),
        (Money(1_000_000, "eur"), "en", "€10,000"),
        (Money(-167, "eur"), "en", "-€1.67"),
        (Money(500, "jpy"), "en", "¥500"),
        (Money(500, "isk"), "en", "ISK\u00a05"),
        (Money(1050, "huf"), "en", "HUF\u00a010.50"),
        (Money(1230, "kwd"), "en", "KWD\u00a01.230"),
        (Money(1041, "eur"), "nl", "€\u00a010,41"),
        (Money(100_000, "eur"), "de", "1.000\u00a0€"),
        (Money(100_000, "eur"), "ru", "1\u00a0000\u00a0€"),
    ],
)
def test_an_amount_is_written_without_needless_decimals(money: Money, locale: str, text: str):
    assert format_money(money, locale) == text


@given(st.integers(min_value=0, max_value=10**9), st.sampled_from(CURRENCIES), st.sampled_from(LOCALES))
def test_an_amount_put_into_a_field_is_read_back_as_the_same(steps: int, currency: str, locale: str):
    money = Money(steps * STEPS.get(currency, 1), currency)

    assert parse_amount(typed(money, locale), currency, locale) == money


@pytest.mark.parametrize(
    ("money", "locale", "text"),
    [
        (Money(7750, "eur"), "en", "77.50"),
        (Money(7750, "eur"), "ru", "77,50"),
        (Money(100_000, "eur"), "ru", "1000"),
        (Money(500, "jpy"), "ru", "500"),
    ],
)
def test_an_amount_is_typed_without_sign_and_grouping(money: Money, locale: str, text: str):
    assert typed(money, locale) == text
