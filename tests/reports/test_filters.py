"""What is typed into an address is understood, or named; it never breaks a page."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from donations.domain.gifts import Frequency
from donations.domain.periods import Period
from donations.domain.standing import Standing
from donations.reports.filter_words import PRESETS
from donations.reports.filters import FILTER_WORDS, Asked, Compare, Filters, read_filters

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
        ("this-quarter", date(2026, 10, 1), date(2026, 11, 22)),
        ("this-year", date(2026, 1, 1), date(2026, 11, 22)),
        ("last-year", date(2025, 1, 1), date(2025, 12, 31)),
        ("last-12-months", date(2025, 12, 1), date(2026, 11, 22)),
        ("last-3-years", date(2023, 12, 1), date(2026, 11, 22)),
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


def test_every_filter_is_understood() -> None:
    filters = asked(
        compare="year", zone="Europe/Moscow", campaign=" spring ", article="a123", placement="@none",
        status="past_due", known_on="2026-11-01",
    ).filters  # fmt: skip

    assert (filters.compare, filters.zone.key) == (Compare.YEAR, "Europe/Moscow")
    assert (filters.campaign, filters.article, filters.placement) == ("spring", "a123", "")
    assert (filters.status, filters.known_on) == (Standing.PAST_DUE, date(2026, 11, 1))


@pytest.mark.parametrize(
    ("word", "text", "problem"),
    [
        ("zone", "America/New_York", "Europe/Amsterdam, Europe/Moscow or UTC"),
        ("compare", "sideways", "days before"),
        ("status", "happy", "We do not know that status"),
        ("campaign", "x" * 101, "No campaign has such a name"),
        ("article", "a\x00", "No article has such a name"),
        ("known_on", "2026-11-23", "is still to come"),
        ("known_on", "1999-12-31", "is before 2000"),
        ("known_on", "yesterday", "Write the day of “as known on” like 2026-11-22"),
    ],
)
def test_a_filter_that_is_not_understood_is_named_and_left_out(word: str, text: str, problem: str) -> None:
    answer = asked(**{word: text})

    assert problem in answer.problems[0]
    assert answer.filters == asked().filters


def test_today_is_that_of_the_zone_that_is_asked_for() -> None:
    late = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)
    moscow = read_filters({"zone": "Europe/Moscow", "known_on": "2026-11-23"}, late, ZONE)

    assert (moscow.filters.period.last, moscow.problems) == (date(2026, 11, 23), ())
    assert read_filters({"zone": "UTC"}, late, ZONE).filters.period.last == date(2026, 11, 22)


def test_a_year_before_a_29_february_is_the_28th_and_the_29th_stands_alone() -> None:
    leap = Filters(Period(date(2028, 2, 28), date(2028, 3, 1)), NOW, ZONE, compare=Compare.YEAR)
    after = Filters(Period(date(2025, 2, 28), date(2025, 3, 1)), NOW, ZONE, compare=Compare.YEAR)

    assert leap.previous == Period(date(2027, 2, 28), date(2027, 3, 1))
    assert leap.pairs()[1] == (date(2028, 2, 29), None)
    assert after.previous == Period(date(2024, 2, 28), date(2024, 3, 1))
    assert after.pairs() == (
        (date(2025, 2, 28), date(2024, 2, 28)),
        (None, date(2024, 2, 29)),
        (date(2025, 3, 1), date(2024, 3, 1)),
    )


@settings(max_examples=40)
@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.integers(1, 1098), st.sampled_from(Compare))
def test_by_day_each_day_of_either_period_stands_once_and_in_order(
    first: date, days: int, compare: Compare
) -> None:
    filters = Filters(Period(first, first + timedelta(days=days - 1)), NOW, ZONE, compare=compare)

    pairs = filters.pairs()
    assert [day for day, _ in pairs if day] == list(filters.period.days())
    assert [before for _, before in pairs if before] == list(filters.previous.days())


WORDS = {
    "from": st.dates(date(2024, 6, 1), date(2026, 11, 22)).map(str),
    "preset": st.sampled_from([*PRESETS]),
    "compare": st.sampled_from(["before", "year"]),
    "zone": st.sampled_from(["Europe/Amsterdam", "Europe/Moscow", "UTC"]),
    "currency": st.sampled_from(["eur", "usd"]),
    "frequency": st.sampled_from(["once", "monthly"]),
    "campaign": st.sampled_from(["@none", "spring & autumn"]),
    "placement": st.sampled_from(["@none", "header"]),
    "status": st.sampled_from(["active", "canceled"]),
    "known_on": st.dates(date(2020, 1, 1), date(2026, 11, 22)).map(str),
}


@settings(max_examples=40)
@given(st.fixed_dictionaries({}, optional=WORDS))
def test_an_address_that_is_written_back_asks_for_the_same(words: dict[str, str]) -> None:
    first = read_filters(words, NOW, ZONE)

    again = read_filters(first.filters.words(), NOW, ZONE)
    assert (first.problems, again.problems) == ((), ())
    assert again.filters == first.filters


NONSENSE = st.one_of(
    st.text(max_size=12),
    st.dates().map(str),
    st.sampled_from([*PRESETS, "all", "eur", "once", "year", "UTC"]),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(sorted(FILTER_WORDS), NONSENSE)))
def test_nothing_that_anybody_types_breaks_it(words: dict[str, str]) -> None:
    filters = read_filters(words, NOW, ZONE).filters

    assert filters.period.last <= date(2026, 11, 22)
    assert filters.previous.last < filters.period.last
    assert read_filters(filters.words(), NOW, ZONE).problems == ()
