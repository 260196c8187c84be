"""What a process counts reaches the database by the clock, and outlives a database that is away."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text

from donations import runtime
from donations.domain.counting import Counted, Job
from donations.jobs import tallies
from donations.jobs.heartbeat import Heartbeat
from donations.models.database import reading, writing
from donations.runtime import system_clock
from donations.services import tally, workers
from donations.services.tally import Tally


def stored() -> dict[tuple[Counted, str], int]:
    with reading() as session:
        return tally.totals(session)


def test_what_was_counted_is_stored_once(app: Flask) -> None:
    runtime.current().tally.add(Counted.ACCEPTED)

    tallies.store(app)
    tallies.store(app)

    assert stored() == {(Counted.ACCEPTED, ""): 1}


def test_a_database_that_is_away_costs_no_count(app: Flask) -> None:
    runtime.current().tally.add(Counted.ACCEPTED)
    with writing() as session:
        session.execute(text("ALTER TABLE operations_count RENAME TO away"))

    tallies.store(app)

    with writing() as session:
        session.execute(text("ALTER TABLE away RENAME TO operations_count"))
    tallies.store(app)
    assert stored() == {(Counted.ACCEPTED, ""): 1}


def test_what_is_left_at_the_end_is_stored(app: Flask) -> None:
    end = tallies.keep_storing(app)
    runtime.current().tally.add(Counted.LETTERS_SENT)

    end()

    assert stored() == {(Counted.LETTERS_SENT, ""): 1}


def test_a_job_is_counted_with_its_time() -> None:
    counts = Tally()

    assert tallies.timed(counts, Job.LETTERS, lambda: 7) == 7

    found = counts.take()
    assert found[Counted.JOBS, Job.LETTERS] == 1
    assert found[Counted.JOB_TIME, Job.LETTERS] >= 0
    assert (Counted.JOBS_FAILED, Job.LETTERS) not in found


def test_a_job_that_breaks_off_is_counted_as_failed_and_its_error_goes_on() -> None:
    counts = Tally()

    with pytest.raises(ZeroDivisionError):
        tallies.timed(counts, Job.SUMS, lambda: 1 // 0)

    found = counts.take()
    assert (found[Counted.JOBS, Job.SUMS], found[Counted.JOBS_FAILED, Job.SUMS]) == (1, 1)


def test_each_worker_is_seen_once_however_often_it_beats(app: Flask) -> None:
    first, second = Heartbeat(app), Heartbeat(app)

    for each in (first, second, first):
        each.beat()

    with reading() as session:
        assert len(workers.list_alive(session, system_clock())) == 2


def test_a_heart_beats_on_when_the_database_is_away(app: Flask) -> None:
    heart = Heartbeat(app)
    with writing() as session:
        session.execute(text("ALTER TABLE worker_seen RENAME TO away"))
    heart.beat()
    with writing() as session:
        session.execute(text("ALTER TABLE away RENAME TO worker_seen"))

    heart.beat()

    with reading() as session:
        assert len(workers.list_alive(session, system_clock())) == 1
