"""Rates of months: kept in millionths, exact."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from donations.domain.rates import MonthRate, in_millionths, month_means, written_rate

NOVEMBER = date(2026, 11, 1)
RATES = st.decimals("0.000001", "999999", places=6)


@settings(max_examples=40, deadline=None)
@given(st.lists(RATES, min_size=1, max_size=23))
def test_a_month_has_the_mean_of_its_days_rounded_half_to_even(rates: list[Decimal]) -> None:
    days = [(NOVEMBER + timedelta(days=n), "usd", rate) for n, rate in enumerate(rates)]

    (found,) = month_means(days)

    mean = sum(map(Fraction, rates), Fraction(0)) / len(rates)
    assert found == MonthRate(NOVEMBER, "usd", round(mean * 10**6), len(rates))


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 10**15))
def test_a_rate_is_written_as_it_is_kept(per_euro: int) -> None:
    assert in_millionths(Decimal(written_rate(per_euro))) == per_euro


@pytest.mark.parametrize(
    ("per_euro", "text"), [(1_090_524, "1.090524"), (900_000, "0.900000"), (100_000_000, "100.000000")]
)
def test_a_rate_is_written_with_all_its_decimals(per_euro: int, text: str) -> None:
    assert written_rate(per_euro) == text


@pytest.mark.parametrize("per_euro", [0, -1])
def test_a_rate_of_nothing_is_no_rate(per_euro: int) -> None:
    with pytest.raises(ValueError, match="no rate"):
        MonthRate(NOVEMBER, "usd", per_euro)


@pytest.mark.parametrize(("days", "lacks"), [(None, False), (21, False), (17, False), (16, True), (1, True)])
def test_a_mean_of_few_days_is_told_from_one_of_a_whole_month(days: int | None, lacks: bool) -> None:
    assert MonthRate(NOVEMBER, "usd", 1_100_000, days).lacks_days is lacks
