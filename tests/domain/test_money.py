"""Money is whole minor units of one currency, in Stripe's own exponents."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donations.domain.currencies import exponent_of, is_known, smallest_step_of
from donations.domain.errors import CurrencyMismatch, UnsupportedCurrency
from donations.domain.money import Money

AMOUNTS = st.integers(min_value=-(10**15), max_value=10**15)


@pytest.mark.parametrize("amount", [True, 10.0, "10", Decimal(10), None])
def test_an_amount_that_is_not_an_int_is_refused(amount: object):
    with pytest.raises(TypeError):
        Money(amount, "eur")  # type: ignore[arg-type]


@pytest.mark.parametrize("currency", ["EUR", "", "xxx", "euro"])
def test_a_currency_that_stripe_does_not_have_is_refused(currency: str):
    with pytest.raises(UnsupportedCurrency) as caught:
        Money(1, currency)

    assert caught.value.currency == currency


@given(AMOUNTS, AMOUNTS)
def test_adding_and_taking_away_again_changes_nothing(left: int, right: int):
    total = Money(left, "eur") + Money(right, "eur")

    assert total.amount == left + right
    assert total - Money(right, "eur") == Money(left, "eur")
    assert total + -total == Money.zero("eur")


@given(AMOUNTS, AMOUNTS)
def test_amounts_of_a_currency_compare_as_their_minor_units_do(left: int, right: int):
    one, other = Money(left, "eur"), Money(right, "eur")

    assert (one < other, one <= other, one > other, one >= other, one == other) == (
        left < right,
        left <= right,
        left > right,
        left >= right,
        left == right,
    )


@pytest.mark.parametrize("operator", ["__add__", "__sub__", "__lt__", "__le__", "__gt__", "__ge__"])
def test_two_currencies_never_meet_in_a_sum_or_comparison(operator: str):
    with pytest.raises(CurrencyMismatch):
        getattr(Money(1, "eur"), operator)(Money(1, "usd"))


def test_equal_figures_of_two_currencies_are_not_equal():
    assert Money(1000, "eur") != Money(1000, "usd")


@pytest.mark.parametrize(
    ("currency", "exponent", "step"),
    [
        ("eur", 2, 1),
        ("jpy", 0, 1),
        ("krw", 0, 1),
        ("clp", 0, 1),
        ("mga", 0, 1),
        ("kwd", 3, 10),
        ("tnd", 3, 10),
        ("isk", 2, 100),
        ("ugx", 2, 100),
        ("huf", 2, 1),
        ("twd", 2, 1),
    ],
)
def test_minor_units_follow_stripes_table_with_its_special_cases(currency: str, exponent: int, step: int):
    assert (exponent_of(currency), smallest_step_of(currency)) == (exponent, step)


def test_unknown_currencies_have_neither_exponent_nor_step():
    assert not is_known("xxx")
    with pytest.raises(UnsupportedCurrency):
        exponent_of("xxx")
    with pytest.raises(UnsupportedCurrency):
        smallest_step_of("xxx")


@given(AMOUNTS, st.sampled_from(["eur", "jpy", "kwd", "isk"]))
def test_major_units_and_back_is_exact_at_any_size(amount: int, currency: str):
    money = Money(amount, currency)

    assert Money.from_major(money.major(), currency) == money


def test_major_units_with_more_decimals_than_the_currency_are_refused():
    with pytest.raises(ValueError, match=r"10\.005 has more decimals than EUR"):
        Money.from_major(Decimal("10.005"), "eur")


def test_money_cannot_be_changed():
    with pytest.raises(AttributeError):
        Money(1, "eur").amount = 2  # type: ignore[misc]
