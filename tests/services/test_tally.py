"""What processes count is added up, whichever of them stores it, and costs no write a time."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import select

from donations.domain.counting import BEYOND, BOUNDS, Counted, Job, Outcome, Rejection, bound_of
from donations.models import OperationsHour
from donations.models.database import reading, writing
from donations.services import tally
from donations.services.tally import Key, Tally
from tests.factories import NOON

ACCEPTED, LETTERS = (Counted.ACCEPTED, ""), (Counted.LETTERS_SENT, "")


def store(counts: dict[Key, int], minutes: int = 0) -> None:
    with writing() as session:
        tally.record(session, counts, NOON + timedelta(minutes=minutes))


def totals() -> dict[Key, int]:
    with reading() as session:
        return tally.totals(session)


def hours() -> list[tuple[int, str, int]]:
    with reading() as session:
        rows = session.scalars(select(OperationsHour).order_by(OperationsHour.hour_at, OperationsHour.name))
        return [(row.hour_at.hour, row.name.value, row.value) for row in rows]


def test_what_is_counted_is_added_to_what_was_counted(app: Flask) -> None:
    store({ACCEPTED: 2, (Counted.REJECTED, Rejection.TOO_LARGE): 1})
    store({ACCEPTED: 3, LETTERS: 1})

    assert totals() == {ACCEPTED: 5, LETTERS: 1, (Counted.REJECTED, "too_large"): 1}


def test_nothing_counted_writes_nothing(app: Flask) -> None:
    store({ACCEPTED: 0})

    assert (totals(), hours()) == ({}, [])


def test_hours_stand_apart_and_labels_are_added_up_in_them(app: Flask) -> None:
    store({(Counted.CALLS, "get charges done"): 2, (Counted.CALLS, "get charges failed"): 1})
    store({(Counted.CALLS, "get charges done"): 4, (Counted.JOBS, Job.LETTERS): 9}, minutes=60)

    assert hours() == [(12, "stripe_calls", 3), (13, "stripe_calls", 4)]


def test_hours_are_forgotten_after_two_days_and_totals_never(app: Flask) -> None:
    store({ACCEPTED: 1})
    store({ACCEPTED: 1}, minutes=60)

    with writing() as session:
        tally.forget_old_hours(session, NOON + timedelta(days=2, minutes=30))

    assert (hours(), totals()) == ([(13, "webhooks_accepted", 1)], {ACCEPTED: 2})


def test_two_that_store_the_same_at_once_lose_nothing(app: Flask) -> None:
    def store_often() -> None:
        with app.app_context():
            for _ in range(20):
                store({LETTERS: 1, ACCEPTED: 1, (Counted.JOBS, Job.SWEEP): 1})

    threads = [Thread(target=store_often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(totals().values()) == {80}


def test_threads_that_count_at_once_lose_nothing() -> None:
    counted = Tally()
    threads = [Thread(target=lambda: [counted.add(Counted.ACCEPTED) for _ in range(5_000)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert counted.take() == {ACCEPTED: 20_000}
    assert counted.take() == {}


def test_what_could_not_be_stored_is_there_the_next_time() -> None:
    counted = Tally()
    counted.add(Counted.ACCEPTED)
    taken = counted.take()
    counted.add(Counted.ACCEPTED)

    counted.put_back(taken)

    assert counted.take() == {ACCEPTED: 2}


def test_a_call_is_counted_by_its_outcome_and_its_time() -> None:
    counted = Tally()

    counted.note_call("get charges", Outcome.DONE, 0.3)
    counted.note_call("get charges", Outcome.RATE_LIMITED, 0.5)

    assert counted.take() == {
        (Counted.CALLS, "get charges done"): 1,
        (Counted.CALLS, "get charges rate_limited"): 1,
        (Counted.CALLS_WITHIN, "get charges 0.5"): 2,
        (Counted.CALL_TIME, "get charges"): 800_000,
    }


@pytest.mark.parametrize(
    ("seconds", "bound"), [(0.0, "0.05"), (0.05, "0.05"), (0.051, "0.1"), (20.0, "20"), (20.01, "+Inf")]
)
def test_a_time_falls_under_the_lowest_bound_that_holds_it(seconds: float, bound: str) -> None:
    assert bound_of(seconds) == bound
    assert [float(each) for each in (*BOUNDS, BEYOND)] == sorted(float(each) for each in (*BOUNDS, BEYOND))
