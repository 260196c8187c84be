"""What is typed into an address is understood, or named; it never breaks a page."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donations.domain.gifts import Frequency
from donations.domain.periods import Period
from donations.reports.filter_words import PRESETS
from donations.reports.filters import Asked, read_filters

ZONE = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
USUAL = Period(date(2026, 10, 24), date(2026, 11, 22))


def asked(**words: str) -> Asked:
    return read_filters({name.rstrip("_"): text for name, text in words.items()}, NOW, ZONE)


@pytest.mark.parametrize(
    ("preset", "first", "last"),
    [
        ("last-7-days", date(2026, 11, 16), date(2026, 11, 22)),
        ("last-30-days", date(2026, 10, 24), date(2026, 11, 22)),
        ("this-month", date(2026, 11, 1), date(2026, 11, 22)),
        ("last-month", date(2026, 10, 1), date(2026, 10, 31)),
        ("this-year", date(2026, 1, 1), date(2026, 11, 22)),
    ],
)
def test_presets_are_whole_days_up_to_today(preset: str, first: date, last: date) -> None:
    filters = asked(preset=preset).filters

    assert (filters.period, filters.preset) == (Period(first, last), preset)
    assert preset in PRESETS


def test_nothing_asked_is_the_last_thirty_days() -> None:
    answer = asked()

    assert (answer.filters.period, answer.problems) == (USUAL, ())
    assert (answer.filters.currency, answer.filters.frequency) == (None, None)


def test_dates_win_over_a_preset() -> None:
    filters = asked(preset="this-year", from_="2026-11-01", to="2026-11-10").filters

    assert (filters.period, filters.preset) == (Period(date(2026, 11, 1), date(2026, 11, 10)), None)


def test_today_is_the_day_it_is_in_the_reporting_zone() -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)

    assert read_filters({}, late, ZONE).filters.period.last == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ({"from_": "22-11-2026"}, "Write dates like 2026-11-22"),
        ({"to": "2026-02-30"}, "Write dates like 2026-11-22"),
        ({"from_": "2026-11-20", "to": "2026-11-10"}, "The first day must not be after the last."),
        ({"from_": "1999-12-31", "to": "2000-01-02"}, "Choose a first day from 2000 on."),
        ({"from_": "0001-01-01", "to": "0001-01-02"}, "Choose a first day from 2000 on."),
        ({"from_": "2020-01-01"}, "Choose at most three years at once."),
        ({"from_": "2027-01-01", "to": "2027-01-02"}, "The first day is still to come."),
        ({"preset": "last-century"}, "We do not know that period."),
    ],
)
def test_dates_that_make_no_sense_are_named_and_the_usual_is_shown(
    words: dict[str, str], problem: str
) -> None:
    answer = asked(**words)

    assert answer.filters.period == USUAL
    assert any(problem in each for each in answer.problems)


def test_a_period_that_reaches_into_the_future_ends_today() -> None:
    answer = asked(from_="2026-11-20", to="2026-12-24")

    assert answer.filters.period == Period(date(2026, 11, 20), date(2026, 11, 22))
    assert "ends today" in answer.problems[0]


def test_currency_and_frequency_are_understood_or_named() -> None:
    assert asked(currency=" EUR ", frequency="annual").filters.currency == "eur"
    assert asked(currency="eur", frequency="annual").filters.frequency is Frequency.ANNUAL
    assert len(asked(currency="doubloons", frequency="weekly").problems) == 2


def test_the_moment_of_a_period_is_its_end_or_now() -> None:
    over, lasting = asked(from_="2026-10-25", to="2026-10-25").filters, asked().filters

    assert lasting.moment == NOW
    assert not lasting.is_over
    # 25 October 2026 has 25 hours in Amsterdam and ends at 23:00 UTC.
    assert over.moment == datetime(2026, 10, 25, 22, 59, 59, 999999, tzinfo=UTC)
    assert over.is_over


@given(
    st.dictionaries(
        st.sampled_from(["from", "to", "preset", "currency", "frequency"]),
        st.one_of(
            st.text(max_size=12), st.dates().map(str), st.sampled_from([*PRESETS, "all", "eur", "once"])
        ),
    )
)
def test_nothing_that_anybody_types_breaks_it(words: dict[str, str]) -> None:
    filters = read_filters(words, NOW, ZONE).filters

    assert filters.period.last <= date(2026, 11, 22)
    assert filters.previous.last < filters.period.first
