"""All processes together call out no faster than agreed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from flask import Flask

from donations.models.database import writing
from donations.services.call_budget import reserve
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
