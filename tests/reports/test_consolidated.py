"""Sums in euros: exact, at each month's rate as it was known, and never invented."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from donations.domain.money import Money
from donations.domain.rates import MonthRate
from donations.models.database import reading, writing
from donations.reports.consolidated import InEuro, MissingRate, Rates, missing_note
from donations.services.reference_rates import Recording, store
from tests.factories import NOON, ZONE

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
DAY = timedelta(days=1)
RATES = Rates({(NOVEMBER, "usd"): 1_130_050, (NOVEMBER, "jpy"): 178_000_000, (NOVEMBER, "kwd"): 350_000})


@pytest.mark.parametrize(
    ("money", "cents"),
    [
        (Money(1130050, "usd"), 1_000_000),
        (Money(178, "jpy"), 100),
        (Money(350, "kwd"), 100),
        (Money(-178, "jpy"), -100),
        (Money(1041, "eur"), 1041),
        (Money(0, "gbp"), 0),
        (Money(1, "usd"), Fraction(1_000_000, 1_130_050)),
    ],
)
def test_an_amount_is_converted_exactly_with_the_decimals_of_its_currency(money: Money, cents: int) -> None:
    assert RATES.in_euro(money, date(2026, 11, 22)) == cents


def test_without_a_rate_there_is_no_figure_and_the_note_says_which_is_missing() -> None:
    parts = [(Money(100, "usd"), NOVEMBER), (Money(100, "gbp"), NOVEMBER), (Money(5, "usd"), OCTOBER)]

    total = RATES.total([*parts, (Money(7, "sek"), OCTOBER)])

    assert RATES.in_euro(Money(100, "gbp"), NOVEMBER) is None
    assert total.cents is None
    assert total.rounded() is None
    assert MissingRate(NOVEMBER, "gbp") in total.missing
    assert missing_note([RATES.total(parts[:1])]) is None
    assert missing_note([total, total]) == (
        "Figures in euros that need a reference rate of SEK, USD in October 2026 and GBP in November 2026 "
        "are left out: none was uploaded."
    )


def test_a_sum_is_rounded_only_when_shown() -> None:
    rates = Rates({(NOVEMBER, "usd"): 3_000_000})

    total = rates.total([(Money(100, "usd"), NOVEMBER)] * 3)

    assert total == InEuro(Fraction(100))
    assert total.rounded() == Money(100, "eur")
    assert rates.total([(Money(100, "usd"), NOVEMBER)]).rounded() == Money(33, "eur")


def test_a_replaced_rate_counts_from_the_day_it_was_known(app: Flask) -> None:
    def stored(per_euro: int, day: int, *, replaces: bool = False) -> None:
        at = NOON + day * DAY
        with writing() as session:
            store(
                session,
                [MonthRate(NOVEMBER, "usd", per_euro)],
                Recording("t.csv", None, at, ZONE),
                replaces=replaces,
            )

    stored(1_100_000, 0)
    stored(1_200_000, 2, replaces=True)
    stored(1_300_000, 2, replaces=True)

    with reading() as session:
        known = [
            Rates.read(session, NOON.date() + day * DAY).per_euro.get((NOVEMBER, "usd"))
            for day in (-1, 0, 1, 2, 3)
        ]
        now = Rates.read(session).per_euro
    assert known == [None, 1_100_000, 1_100_000, 1_300_000, 1_300_000]
    assert now == {(NOVEMBER, "usd"): 1_300_000}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(-(10**9), 10**9), st.sampled_from(["eur", "usd", "jpy", "kwd"])), max_size=8
    )
)
def test_a_sum_is_that_of_its_parts_reckoned_the_slow_way(parts: list[tuple[int, str]]) -> None:
    in_units = {"eur": Decimal(1), "usd": Decimal("1.13005"), "jpy": Decimal(178), "kwd": Decimal("0.35")}
    decimals = {"eur": 2, "usd": 2, "jpy": 0, "kwd": 3}

    total = RATES.total((Money(amount, code), NOVEMBER) for amount, code in parts)

    euros = sum(
        (Fraction(amount, 10 ** decimals[code]) / Fraction(in_units[code]) for amount, code in parts),
        Fraction(0),
    )
    assert total.cents == euros * 100
