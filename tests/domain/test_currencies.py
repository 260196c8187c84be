"""Stripe's own table of decimals, and what follows from it."""

from __future__ import annotations

import pytest

from donations.domain.currencies import (
    all_currencies,
    exponent_of,
    is_known,
    smallest_step_of,
    takes_decimals,
)
from donations.domain.errors import UnsupportedCurrency


@pytest.mark.parametrize(
    ("currency", "exponent", "step", "decimals"),
    [
        ("eur", 2, 1, True),
        ("jpy", 0, 1, False),
        ("isk", 2, 100, False),
        ("ugx", 2, 100, False),
        ("kwd", 3, 10, True),
        ("huf", 2, 1, True),
    ],
)
def test_a_currency_has_the_decimals_that_stripe_means(
    currency: str, exponent: int, step: int, decimals: bool
) -> None:
    assert exponent_of(currency) == exponent
    assert smallest_step_of(currency) == step
    assert takes_decimals(currency) is decimals


def test_all_of_them_are_listed_in_the_order_of_their_codes() -> None:
    listed = all_currencies()

    assert list(listed) == sorted(set(listed))
    assert len(listed) > 130
    assert all(map(is_known, listed))


def test_one_that_stripe_has_not_is_named_in_the_refusal() -> None:
    with pytest.raises(UnsupportedCurrency) as caught:
        exponent_of("xyz")

    assert caught.value.currency == "xyz"
