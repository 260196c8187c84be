"""Recurring revenue in euros: opening, movements and FX come to the closing, exactly."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from donations.domain.money import Money
from donations.domain.movements import MovementKind
from donations.reports.consolidated import NOTHING, InEuro, MissingRate, Rates
from donations.reports.recurring_in_euro import MonthMoved, mrr_in_euro

MONTHS = [date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)]
CURRENCIES = ["eur", "usd", "jpy"]
DECIMALS = {"eur": 100, "usd": 100, "jpy": 1}

MOVED = st.builds(
    MonthMoved,
    st.dates(MONTHS[1], date(2026, 12, 31)),
    st.sampled_from(MovementKind),
    st.builds(Money, st.integers(-(10**7), 10**7), st.sampled_from(CURRENCIES)),
)
RATES = st.fixed_dictionaries(
    {(month, code): st.integers(1, 10**10) for month in MONTHS for code in CURRENCIES[1:]}
)
OPENING = st.dictionaries(st.sampled_from(CURRENCIES), st.integers(0, 10**8))


@settings(max_examples=40, deadline=None)
@given(RATES, OPENING, st.lists(MOVED, max_size=12))
def test_opening_movements_and_fx_come_to_the_closing_of_every_month(
    per_euro: dict[tuple[date, str], int], opening: dict[str, int], moved: list[MonthMoved]
) -> None:
    months = mrr_in_euro(Rates(per_euro), MONTHS[1], MONTHS[-1], opening, moved)

    assert [each.month for each in months] == MONTHS[1:]
    for before, each in zip((None, *months), months, strict=False):
        total = sum((*each.movements.values(), each.fx), each.opening)
        assert total == each.closing == InEuro(_slow(per_euro, opening, moved, each.month))
        assert before is None or each.opening == before.closing


@settings(max_examples=20, deadline=None)
@given(OPENING, st.lists(MOVED, max_size=8), st.integers(1, 10**10), st.integers(1, 10**10))
def test_rates_that_stand_still_move_nothing(
    opening: dict[str, int], moved: list[MonthMoved], usd: int, jpy: int
) -> None:
    rates = Rates({(month, code): rate for month in MONTHS for code, rate in (("usd", usd), ("jpy", jpy))})

    assert {each.fx for each in mrr_in_euro(rates, MONTHS[1], MONTHS[-1], opening, moved)} == {NOTHING}


def test_a_missing_rate_leaves_out_what_needs_it_and_nothing_else() -> None:
    rates = Rates({(MONTHS[1], "usd"): 1_000_000, (MONTHS[3], "usd"): 2_000_000})
    gift = MonthMoved(date(2026, 10, 9), MovementKind.NEW, Money(12_000, "usd"))

    october, november, december = mrr_in_euro(rates, MONTHS[1], MONTHS[3], {}, [gift])

    assert (october.movements[MovementKind.NEW].cents, october.closing.cents) == (1000, 1000)
    assert (november.opening.cents, november.closing.cents, november.fx.cents) == (1000, None, None)
    assert november.closing.missing == {MissingRate(MONTHS[2], "usd")}
    assert (december.opening.cents, december.closing.cents) == (None, 500)


def _slow(
    per_euro: dict[tuple[date, str], int], opening: dict[str, int], moved: list[MonthMoved], month: date
) -> Fraction:
    """In cents: everything that was there by the month's end, at the rate of the month."""
    total = Fraction(0)
    for code in CURRENCIES:
        annual = opening.get(code, 0) + sum(
            each.annual.amount
            for each in moved
            if each.annual.currency == code and each.month.replace(day=1) <= month
        )
        rate = Fraction(per_euro[month, code], 10**6) if code != "eur" else Fraction(1)
        total += Fraction(annual, 12) / DECIMALS[code] / rate * 100
    return total
