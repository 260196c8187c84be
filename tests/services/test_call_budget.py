"""All processes together call out no faster than agreed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from flask import Flask

from donations.models.database import writing
from donations.services.call_budget import LONGEST, backlog, hold_back, reserve
from tests.factories import NOON


def wait_for(calls: int = 1, scope: str = "stripe", seconds: float = 0) -> float:
    with writing() as session:
        return reserve(session, scope, calls, 5, NOON + timedelta(seconds=seconds)).total_seconds()


def test_calls_at_one_moment_are_spaced_out(app: Flask) -> None:
    assert [wait_for() for _ in range(4)] == [0, 0.2, 0.4, 0.6]


def test_whoever_takes_several_makes_the_next_wait_for_all_of_them(app: Flask) -> None:
    wait_for(calls=10)

    assert wait_for() == 2


def test_time_that_went_by_unused_is_not_saved_up(app: Flask) -> None:
    wait_for()

    assert [wait_for(seconds=60), wait_for(seconds=60)] == [0, 0.2]


def test_scopes_do_not_wait_for_each_other(app: Flask) -> None:
    wait_for(calls=50)

    assert wait_for(scope="reconcile") == 0


def test_reservations_made_at_once_never_get_the_same_moment(app: Flask) -> None:
    def one(_number: int) -> float:
        with app.app_context():
            return wait_for()

    with ThreadPoolExecutor(8) as threads:
        waits = sorted(threads.map(one, range(40)))

    assert waits == [number / 5 for number in range(40)]


def test_what_a_clock_that_was_ahead_has_taken_keeps_nobody_waiting(app: Flask) -> None:
    a_day = timedelta(days=1).total_seconds()
    wait_for(seconds=a_day)

    with writing() as session:
        assert backlog(session, "stripe", NOON) == timedelta()
    assert [wait_for(), wait_for()] == [0, 0.2]


def test_a_wait_of_half_an_hour_is_believed(app: Flask) -> None:
    with writing() as session:
        hold_back(session, "stripe", 1800, NOON)
        assert backlog(session, "stripe", NOON) == timedelta(minutes=30)

    assert wait_for() == 1800


def test_nobody_is_held_back_for_longer_than_an_hour(app: Flask) -> None:
    with writing() as session:
        hold_back(session, "stripe", 5 * 3600, NOON)
        hold_back(session, "stripe", 60, NOON)
        assert backlog(session, "stripe", NOON) == LONGEST

    assert wait_for() == 3600


def test_being_held_back_heals_what_a_clock_that_was_ahead_has_taken(app: Flask) -> None:
    wait_for(seconds=timedelta(days=1).total_seconds())

    with writing() as session:
        hold_back(session, "stripe", 60, NOON)

    assert wait_for() == 60
