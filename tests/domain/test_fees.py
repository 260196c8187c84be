"""Covering the fees leaves the gift whole, and not a cent more than that takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donations.domain.currencies import smallest_step_of
from donations.domain.errors import CurrencyMismatch
from donations.domain.fees import FeeRate, covering_fees, fee_on
from donations.domain.money import Money

EUR_RATE = FeeRate(150, Money(25, "eur"))
CURRENCIES = st.sampled_from(["eur", "jpy", "kwd", "isk"])


def test_ten_euros_become_ten_forty_one():
    assert covering_fees(Money(1000, "eur"), EUR_RATE) == Money(1041, "eur")


@given(
    st.integers(min_value=1, max_value=10**9),
    st.integers(min_value=0, max_value=9_999),
    st.integers(min_value=0, max_value=10**4),
    CURRENCIES,
)
def test_after_the_fee_the_gift_is_whole_and_one_step_less_would_not_be(
    amount: int, basis_points: int, fixed: int, currency: str
):
    gift, rate = Money(amount, currency), FeeRate(basis_points, Money(fixed, currency))
    step = Money(smallest_step_of(currency), currency)

    charge = covering_fees(gift, rate)
    less = charge - step

    assert charge.amount % step.amount == 0
    assert charge - fee_on(charge, rate) >= gift
    assert less - fee_on(less, rate) < gift


def test_a_fee_is_rounded_up_never_down():
    assert fee_on(Money(1, "eur"), FeeRate(1, Money(0, "eur"))) == Money(1, "eur")


def test_a_rate_of_another_currency_is_refused():
    with pytest.raises(CurrencyMismatch):
        covering_fees(Money(1000, "usd"), EUR_RATE)
    with pytest.raises(CurrencyMismatch):
        fee_on(Money(1000, "usd"), EUR_RATE)


@pytest.mark.parametrize(
    ("basis_points", "fixed", "said"),
    [
        (-1, 0, "^a fee of -1 basis points is no share of a charge$"),
        (10_000, 0, "10000 basis points"),
        (150, -1, "^the fixed part of a fee is not negative$"),
    ],
)
def test_a_rate_that_no_charge_could_cover_is_refused(basis_points: int, fixed: int, said: str):
    with pytest.raises(ValueError, match=said):
        FeeRate(basis_points, Money(fixed, "eur"))
