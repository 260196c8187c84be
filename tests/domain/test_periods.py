"""Days are days of a zone; charges keep to the day they began on."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donations.domain.gifts import Frequency
from donations.domain.periods import (
    Period,
    charge_dates,
    day_bounds,
    last_days,
    last_month,
    last_months,
    last_year,
    local_day,
    nth_charge_on,
    ordinal,
    same_day_year_before,
    this_month,
    this_quarter,
    this_year,
    whole_month,
)

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MOSCOW = ZoneInfo("Europe/Moscow")
BEIRUT = ZoneInfo("Asia/Beirut")  # its summer begins at midnight, so one day has no 00:00
ZONES = st.sampled_from([AMSTERDAM, MOSCOW, BEIRUT, ZoneInfo("UTC"), ZoneInfo("America/Havana")])
DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 12, 31))


def test_a_late_evening_is_another_day_further_east():
    instant = datetime(2026, 3, 31, 21, 30, tzinfo=UTC)

    assert local_day(instant, AMSTERDAM) == date(2026, 3, 31)
    assert local_day(instant, MOSCOW) == date(2026, 4, 1)


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match=r"^an instant needs its zone$"):
        local_day(datetime(2026, 3, 31, 21, 30), AMSTERDAM)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 10, 25), 25), (date(2026, 3, 29), 23), (date(2026, 6, 1), 24)]
)
def test_a_day_is_as_long_as_its_clock_says(day: date, hours: int):
    start, end = day_bounds(day, AMSTERDAM)

    assert end - start == timedelta(hours=hours)
    assert (start.tzinfo, end.tzinfo) == (UTC, UTC)


@given(DAYS, ZONES)
def test_a_day_holds_its_first_instant_and_not_its_end(day: date, zone: ZoneInfo):
    start, end = day_bounds(day, zone)
    a_moment = timedelta(microseconds=1)

    assert local_day(start, zone) == day
    assert local_day(end - a_moment, zone) == day
    assert local_day(start - a_moment, zone) == day - timedelta(days=1)
    assert end == day_bounds(day + timedelta(days=1), zone)[0]


@given(DAYS, st.integers(min_value=1, max_value=400))
def test_the_previous_period_is_as_long_and_ends_the_day_before(today: date, n: int):
    period = last_days(today, n)

    previous = period.previous()

    assert len(previous) == len(period) == len(list(period.days())) == n
    assert previous.last + timedelta(days=1) == period.first
    assert period.last == today


def test_a_period_lists_its_days_both_ends_included():
    period = Period(date(2026, 2, 27), date(2026, 3, 1))

    assert list(period.days()) == [date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1)]
    assert date(2026, 2, 27) in period
    assert date(2026, 2, 26) not in period
    assert date(2026, 3, 1) in period
    assert date(2026, 3, 2) not in period


def test_a_period_the_wrong_way_round_is_refused():
    with pytest.raises(ValueError, match="cannot end"):
        Period(date(2026, 3, 2), date(2026, 3, 1))


def test_bounds_of_a_period_reach_from_its_first_midnight_to_the_one_after_its_last():
    october = Period(date(2026, 10, 1), date(2026, 10, 31))

    assert october.bounds(AMSTERDAM) == (
        datetime(2026, 9, 30, 22, tzinfo=UTC),
        datetime(2026, 10, 31, 23, tzinfo=UTC),
    )


def test_presets_end_today_or_with_the_last_month():
    today = date(2026, 3, 22)

    assert last_days(today, 30) == Period(date(2026, 2, 21), today)
    assert this_month(today) == Period(date(2026, 3, 1), today)
    assert last_month(today) == Period(date(2026, 2, 1), date(2026, 2, 28))
    assert this_year(today) == Period(date(2026, 1, 1), today)
    assert last_year(today) == Period(date(2025, 1, 1), date(2025, 12, 31))
    assert whole_month(today) == Period(date(2026, 3, 1), date(2026, 3, 31))


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2026, 1, 1), date(2026, 1, 1)),
        (date(2026, 3, 31), date(2026, 1, 1)),
        (date(2026, 4, 1), date(2026, 4, 1)),
        (date(2026, 6, 30), date(2026, 4, 1)),
        (date(2026, 8, 15), date(2026, 7, 1)),
        (date(2026, 12, 31), date(2026, 10, 1)),
    ],
)
def test_a_quarter_is_three_months_of_the_calendar_up_to_today(today: date, first: date):
    assert this_quarter(today) == Period(first, today)


@pytest.mark.parametrize(
    ("months", "first"),
    [(1, date(2026, 3, 1)), (3, date(2026, 1, 1)), (4, date(2025, 12, 1)), (12, date(2025, 4, 1))],
)
def test_the_last_months_are_whole_ones_and_this_one_up_to_today(months: int, first: date):
    today = date(2026, 3, 22)

    assert last_months(today, months) == Period(first, today)


def test_a_year_before_are_the_same_days_and_the_28th_stands_for_a_29th():
    leap = Period(date(2028, 2, 29), date(2028, 3, 5))

    assert leap.year_before() == Period(date(2027, 2, 28), date(2027, 3, 5))
    assert Period(date(2028, 1, 29), date(2028, 2, 29)).year_before() == Period(
        date(2027, 1, 29), date(2027, 2, 28)
    )


def test_a_29_february_has_no_day_a_year_before_and_every_other_has():
    assert same_day_year_before(date(2028, 2, 29)) is None
    assert same_day_year_before(date(2028, 2, 28)) == date(2027, 2, 28)
    assert same_day_year_before(date(2028, 3, 29)) == date(2027, 3, 29)
    assert same_day_year_before(date(2026, 1, 30)) == date(2025, 1, 30)


@pytest.mark.parametrize(
    ("start", "frequency", "expected"),
    [
        (date(2027, 1, 31), Frequency.MONTHLY, [(2027, 1, 31), (2027, 2, 28), (2027, 3, 31), (2027, 4, 30)]),
        (date(2028, 1, 31), Frequency.MONTHLY, [(2028, 1, 31), (2028, 2, 29), (2028, 3, 31), (2028, 4, 30)]),
        (
            date(2026, 11, 22),
            Frequency.MONTHLY,
            [(2026, 11, 22), (2026, 12, 22), (2027, 1, 22), (2027, 2, 22)],
        ),
        (date(2028, 2, 29), Frequency.ANNUAL, [(2028, 2, 29), (2029, 2, 28), (2030, 2, 28), (2031, 2, 28)]),
        (date(2026, 11, 22), Frequency.ONCE, [(2026, 11, 22)]),
    ],
)
def test_charges_keep_to_the_first_day(
    start: date, frequency: Frequency, expected: list[tuple[int, int, int]]
):
    assert list(islice(charge_dates(start, frequency), 4)) == [date(*each) for each in expected]


@given(DAYS, st.sampled_from([Frequency.MONTHLY, Frequency.ANNUAL]), st.integers(min_value=0, max_value=600))
def test_a_charge_falls_in_its_month_on_the_first_day_or_the_months_last(
    start: date, frequency: Frequency, n: int
):
    day = nth_charge_on(start, frequency, n)

    months = (day.year - start.year) * 12 + day.month - start.month
    assert months == n * (frequency.months or 0)
    assert day.day == min(start.day, monthrange(day.year, day.month)[1])


def test_a_leap_day_comes_back_four_years_later():
    assert nth_charge_on(date(2028, 2, 29), Frequency.ANNUAL, 4) == date(2032, 2, 29)


@pytest.mark.parametrize(("frequency", "n"), [(Frequency.ONCE, 1), (Frequency.MONTHLY, -1)])
def test_a_charge_that_will_never_be_has_no_day(frequency: Frequency, n: int):
    with pytest.raises(ValueError, match="no charge"):
        nth_charge_on(date(2026, 1, 1), frequency, n)


def test_days_of_a_month_are_spoken_as_in_english():
    expected = [
        "1st",
        "2nd",
        "3rd",
        "4th",
        "10th",
        "11th",
        "12th",
        "13th",
        "20th",
        "21st",
        "22nd",
        "23rd",
        "31st",
    ]

    spoken = [ordinal(day) for day in (1, 2, 3, 4, 10, 11, 12, 13, 20, 21, 22, 23, 31)]

    assert spoken == expected
