"""Shares of few people: Wilson's interval, and when two variants may be told apart."""

from __future__ import annotations

from fractions import Fraction
from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from donations.domain.conversion import LEAST_TRIALS, Share, better_than, wilson

Z = 1.959963984540054

# Newcombe (1998), "Two-sided confidence intervals for the single proportion", table I, method 3.
NEWCOMBE = [
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0, 0.1611),
    (1, 29, 0.0061, 0.1718),
]


@pytest.mark.parametrize(("successes", "trials", "low", "high"), NEWCOMBE)
def test_wilsons_interval_has_the_values_of_the_literature(
    successes: int, trials: int, low: float, high: float
) -> None:
    interval = wilson(successes, trials)

    assert (round(float(interval.low), 4), round(float(interval.high), 4)) == (low, high)


@given(st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
@settings(max_examples=60)
def test_its_bounds_are_those_shares_from_which_the_count_is_196_deviations_away(
    counted: tuple[int, int],
) -> None:
    successes, trials = counted

    interval = wilson(successes, trials)

    assert 0 <= interval.low <= Fraction(successes, trials) <= interval.high <= 1
    for bound in map(float, (interval.low, interval.high)):
        if 1e-3 < bound < 1 - 1e-3:
            deviation = sqrt(bound * (1 - bound) / trials)
            assert abs(successes / trials - bound) == pytest.approx(Z * deviation, rel=5e-3, abs=1e-6)


@given(st.integers(0, 1_000), st.integers(1, 50))
@settings(max_examples=30)
def test_more_of_the_same_makes_it_narrower_and_what_is_none_or_all_stays_so(k: int, times: int) -> None:
    small, large = wilson(k, 1_000), wilson(k * times, 1_000 * times)

    assert large.high - large.low <= small.high - small.low
    assert (wilson(0, times).low, wilson(times, times).high) == (0, 1)


@pytest.mark.parametrize(("successes", "trials"), [(0, 0), (2, 1), (-1, 5)])
def test_what_is_no_share_is_refused(successes: int, trials: int) -> None:
    with pytest.raises(ValueError, match="is no share"):
        wilson(successes, trials)


def test_a_share_of_nothing_has_no_value() -> None:
    assert (Share(0, 0).value, Share(0, 0).interval) == (None, None)


def test_one_variant_is_better_only_where_the_intervals_do_not_touch() -> None:
    apart = {"a": Share(50, 1_000), "b": Share(100, 1_000)}
    close = {"a": Share(50, 1_000), "b": Share(70, 1_000)}

    assert better_than(apart) == {"a": frozenset(), "b": frozenset("a")}
    assert better_than(close) == {"a": frozenset(), "b": frozenset()}


def test_fewer_trials_than_the_least_tell_nothing_however_clear_they_look() -> None:
    shares = {"a": Share(0, LEAST_TRIALS - 1), "b": Share(400, 500)}

    assert better_than(shares)["b"] == frozenset()
    assert better_than(shares | {"a": Share(0, LEAST_TRIALS)})["b"] == {"a"}


def test_of_three_one_may_be_better_than_some_of_the_others() -> None:
    shares = {"a": Share(50, 1_000), "b": Share(100, 1_000), "c": Share(105, 1_000)}

    assert better_than(shares) == {"a": frozenset(), "b": {"a"}, "c": {"a"}}


def test_one_variant_alone_is_not_told_apart_from_itself() -> None:
    assert better_than({"a": Share(500, 1_000)}) == {"a": frozenset()}


@given(st.dictionaries(st.sampled_from("abc"), st.integers(0, 600), min_size=2), st.integers(1, 600))
@settings(max_examples=40)
def test_nobody_is_better_than_who_is_better_than_them(counts: dict[str, int], trials: int) -> None:
    shares = {name: Share(min(count, trials), trials) for name, count in counts.items()}

    better = better_than(shares)

    assert all(name not in better[other] for name in shares for other in better[name])
    assert trials >= LEAST_TRIALS or not any(better.values())
