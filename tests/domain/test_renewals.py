"""The days of charges to come, seen from the next charge and from the days themselves."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from donations.domain.gifts import Frequency
from donations.domain.periods import Period
from donations.domain.renewals import charges_until, due_days_charged_in

DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))
RECURRING = st.sampled_from((Frequency.MONTHLY, Frequency.ANNUAL))


def test_a_gift_comes_due_every_month_and_in_a_short_one_on_its_last_day() -> None:
    days = list(charges_until(date(2026, 12, 31), Frequency.MONTHLY, date(2027, 3, 30)))

    assert days == [date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 28)]


@settings(max_examples=200)
@given(DAYS, st.integers(0, 100), st.integers(0, 100), RECURRING, DAYS)
def test_both_ways_to_count_the_charges_of_some_days_agree(
    first: date, length: int, wait: int, frequency: Frequency, due_on: date
) -> None:
    days, earliest = Period(first, first + timedelta(days=length)), first - timedelta(days=wait)

    forwards = sum(day in days for day in charges_until(due_on, frequency, days.last))
    backwards = sum(due_on in due for due in due_days_charged_in(days, frequency, earliest))

    assert backwards == (forwards if due_on >= earliest else 0)
