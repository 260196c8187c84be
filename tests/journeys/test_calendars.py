"""Days are the newsroom's, wherever the reader is, and instants are Stripe's: clocks change, days follow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from config import Config
from tests.journeys.givers import HttpGiver
from tests.journeys.test_years import MONTHLY, ONE_DATABASE, START
from tests.journeys.years import Years, days_in_calendar, text_of, years

pytestmark = ONE_DATABASE
YEAR = START.year


@pytest.fixture
def world(config: Config, tmp_path: Path) -> Iterator[Years]:
    with years(config, tmp_path) as world:
        yield world


def planned_days(giver: HttpGiver, world: Years) -> list[date]:
    giver.open(f"{world.base}/manage")
    return days_in_calendar(giver, "Charge dates for your calendar")


def test_a_moscow_readers_first_of_april_is_the_newsrooms_31_march(world: Years) -> None:
    world.begin_at(datetime(YEAR, 3, 31, 21, 30, tzinfo=UTC))
    giver = HttpGiver()
    world.give(giver, MONTHLY)
    world.log_in(giver)

    assert f"30 April {YEAR}" in giver.text
    assert world.charged_on() == [date(YEAR, 3, 31)]
    receipt = text_of(world.letters()[0])
    assert f"31 March {YEAR}" in receipt
    assert f"30 April {YEAR}" in receipt
    assert planned_days(giver, world)[:3] == [date(YEAR, 4, 30), date(YEAR, 5, 31), date(YEAR, 6, 30)]
    world.live(31)
    # Due at half past eleven in the evening, and taken by Stripe an hour later.
    assert world.charged_on()[1] == date(YEAR, 5, 1)
    world.assert_in_agreement()


def test_a_gift_of_the_small_hours_follows_the_clocks_as_stripe_charges_it(world: Years) -> None:
    """Half past midnight on 25 October is still the 24th for Stripe: 23:30 on the 24th once it is winter."""
    world.begin_at(datetime(YEAR, 10, 24, 22, 30, tzinfo=UTC))
    giver = HttpGiver()
    world.give(giver, MONTHLY)
    world.log_in(giver)

    planned = planned_days(giver, world)
    world.live_until(date(YEAR + 1, 5, 26))

    winter = [date(YEAR, 11, 24), date(YEAR, 12, 24), *(date(YEAR + 1, month, 24) for month in (1, 2, 3))]
    summer = [date(YEAR + 1, 4, 25), date(YEAR + 1, 5, 25)]
    assert planned[:7] == [*winter, *summer]
    # Stripe takes an hour from a date to its charge, by which it is the next day here.
    taken = [day - timedelta(days=1) for day in world.charged_on()[1:6]]
    assert (taken, world.charged_on()[6:]) == (winter, summer)
    world.assert_in_agreement()


def test_on_the_day_that_has_25_hours_a_gift_is_of_that_day(world: Years) -> None:
    """The last Sunday of October: 23:30 in Amsterdam, twice as far from noon as usual by an hour."""
    sunday = max(date(YEAR, 10, day) for day in range(25, 32) if date(YEAR, 10, day).weekday() == 6)
    world.begin_at(datetime(YEAR, 10, sunday.day, 22, 30, tzinfo=UTC))
    giver = HttpGiver()

    world.give(giver, {"frequency": "once", "amount_once": "25"})

    assert world.charged_on() == [sunday]
    assert f"{sunday.day} October {YEAR}" in text_of(world.letters()[0])
    world.assert_in_agreement()
