"""Recurring gifts over simulated months: what is charged when, what is booked, and which letters go out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from config import Config
from donations.domain.gifts import Frequency
from donations.domain.periods import nth_charge_on
from tests.journeys.givers import HttpGiver
from tests.journeys.years import Years, days_in_calendar, next_leap_january, years

FAILS_LATER = "4000000000000341"
MONTHLY = {"frequency": "monthly", "amount_monthly": "10"}
ANNUAL = {"frequency": "annual", "amount_annual": "100"}
BOTH_DATABASES = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
START = next_leap_january()


@pytest.fixture
def world(config: Config, tmp_path: Path) -> Iterator[Years]:
    with years(config, tmp_path) as world:
        world.begin_at(START)
        yield world


@BOTH_DATABASES
def test_a_gift_begun_on_31_january_is_charged_at_each_months_end(world: Years) -> None:
    giver = HttpGiver()
    world.give(giver, MONTHLY)
    assert world.new_letters() == {"receipt": 1}
    expected = [nth_charge_on(START.date(), Frequency.MONTHLY, n) for n in range(15)]
    giver.look_again()
    assert f"29 February {START.year}" in giver.text
    assert days_in_calendar(giver, "dates into your calendar") == expected[1:13]

    world.live_until(expected[14] + timedelta(days=1))

    assert expected[1] == date(START.year, 2, 29)
    assert expected[13] == date(START.year + 1, 2, 28)
    assert world.charged_on() == expected
    assert world.new_letters() == {"receipt": 14, "yearly_statement": 1}
    world.assert_in_agreement()


@ONE_DATABASE
def test_an_annual_gift_is_announced_before_it_renews_once(world: Years) -> None:
    world.give(HttpGiver(), ANNUAL)
    world.new_letters()
    renews_on = nth_charge_on(START.date(), Frequency.ANNUAL, 1)

    world.live_until(renews_on - timedelta(days=16))
    before = world.new_letters()
    world.live_until(renews_on - timedelta(days=14))
    announced = world.new_letters()
    world.live_until(renews_on + timedelta(days=1))

    assert (before, announced) == ({"yearly_statement": 1}, {"renewal_reminder": 1})
    assert world.new_letters() == {"receipt": 1}
    assert world.charged_on() == [START.date(), renews_on]
    world.assert_in_agreement()


@ONE_DATABASE
def test_a_card_that_fails_until_the_end_is_told_of_in_a_series_and_ends_the_gift_once(world: Years) -> None:
    world.control("retries", days=[5, 10, 14])
    world.give(HttpGiver(), MONTHLY, FAILS_LATER)
    world.new_letters()
    failed_on = nth_charge_on(START.date(), Frequency.MONTHLY, 1)

    world.live_until(failed_on + timedelta(days=1))
    first = world.new_letters()
    world.assert_in_agreement()
    world.live_until(failed_on + timedelta(days=6))
    second = world.new_letters()
    world.live_until(failed_on + timedelta(days=13))
    third = world.new_letters()
    world.live_until(failed_on + timedelta(days=60))

    assert first == second == third == {"payment_failed": 1}
    assert world.new_letters() == {"gift_ended": 1}
    assert world.subscription()["cancellation_details"]["reason"] == "payment_failed"
    world.assert_in_agreement()
