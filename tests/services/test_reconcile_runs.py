"""A run is opened once a beat, leased to one process, and goes on from what the last page left."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from flask import Flask

from donations.domain.reconciling import STEPS, RunKind, Step
from donations.models import ReconcileRun
from donations.models.database import db, reading, writing
from donations.services import reconcile_runs
from donations.services.reconcile_runs import LEASE, MOST_TRIES, Found, Overtaken, Place
from tests.factories import NOON
from tests.sync.desk import count_of, only

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
SINCE = NOON - DAY
NOTHING = Found()


def open_due(kind: RunKind = RunKind.EVENTS, beat: timedelta = timedelta()) -> bool:
    with writing() as session:
        return reconcile_runs.open_due(session, kind, NOON + beat, SINCE, NOON + SECOND)


def ask() -> int:
    with writing() as session:
        return reconcile_runs.ask(session, SINCE, NOON)


def claim(at: timedelta = timedelta(), number: int | None = None) -> Place | None:
    with writing() as session:
        return reconcile_runs.claim(session, NOON + at, number)


def claimed(at: timedelta = timedelta(), number: int | None = None) -> Place:
    place = claim(at, number)
    assert place is not None
    return place


def is_any_free(at: timedelta = timedelta()) -> bool:
    with reading() as session:
        return reconcile_runs.is_any_free(session, NOON + at)


def advance(place: Place, cursor: str | None, found: Found = NOTHING, at: timedelta = timedelta()) -> None:
    with writing() as session:
        reconcile_runs.advance(session, place, found, cursor, NOON + at)


def end(number: int, at: timedelta = timedelta()) -> None:
    """Page after page, to its end."""
    while (place := claim(at, number)) is not None:
        advance(place, None, at=at)


def row(number: int) -> ReconcileRun:
    return only(ReconcileRun, id=number)


def test_a_run_that_is_asked_for_begins_with_everything(app: Flask) -> None:
    run = row(ask())

    assert (run.kind, run.due_at, run.since) == (RunKind.ASKED, None, SINCE)
    assert (run.started_at, run.leased_until, run.finished_at) == (NOON, NOON, None)
    assert (run.step, run.cursor) == (Step.EVENTS, None)
    assert (run.pages, run.tries, run.problem) == (0, 0, None)
    assert (run.listed, run.marked, run.differing) == (0, 0, 0)


def test_one_run_of_a_kind_is_opened_for_its_beat(app: Flask) -> None:
    assert open_due()
    assert only(ReconcileRun).due_at == NOON
    assert (only(ReconcileRun).since, only(ReconcileRun).started_at) == (SINCE, NOON + SECOND)
    # Under way, whatever the beat; of another kind there is none.
    assert not open_due(beat=HOUR)
    assert open_due(RunKind.CHECKOUTS)
    end(only(ReconcileRun, kind=RunKind.EVENTS).id, HOUR)

    assert (open_due(), open_due(beat=HOUR)) == (False, True)


def test_whether_a_beat_has_its_run_is_told_by_kind_and_beat(app: Flask) -> None:
    open_due()

    with reading() as session:
        assert reconcile_runs.was_opened(session, RunKind.EVENTS, NOON)
        assert not reconcile_runs.was_opened(session, RunKind.EVENTS, NOON + HOUR)
        assert not reconcile_runs.was_opened(session, RunKind.CHECKOUTS, NOON)


def test_up_to_the_newest_run_that_came_to_its_end_nothing_was_missed(app: Flask) -> None:
    def last(kind: RunKind = RunKind.ASKED) -> object:
        with reading() as session:
            return reconcile_runs.last_began_at(session, kind)

    first = ask()
    assert last() is None
    end(first)
    with writing() as session:
        later = reconcile_runs.ask(session, SINCE, NOON + DAY)
        reconcile_runs.ask(session, SINCE, NOON + 2 * DAY)
    assert last() == NOON
    end(later, DAY)

    assert (last(), last(RunKind.EVENTS)) == (NOON + DAY, None)


def test_a_claim_says_where_the_run_stands_and_leases_it(app: Flask) -> None:
    number = ask()

    place = claim()

    assert place == Place(number, RunKind.ASKED, SINCE, NOON, Step.EVENTS, None, 0, 0)
    assert row(number).leased_until == NOON + LEASE
    assert (claim(LEASE - SECOND), is_any_free(LEASE - SECOND)) == (None, False)
    assert is_any_free(LEASE)
    assert claim(LEASE) == place


def test_what_waits_longest_goes_first_unless_one_is_named(app: Flask) -> None:
    first, second, third = ask(), ask(), ask()

    assert claimed(number=third).run_id == third
    assert claim(number=third) is None
    assert [claimed(at * SECOND).run_id for at in (0, 1)] == [first, second]
    assert [claimed(LEASE + HOUR).run_id for _ in range(3)] == [first, third, second]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_run_that_another_process_is_claiming_now_is_passed_over(app: Flask) -> None:
    first, second = ask(), ask()

    with db.sessionmaker() as other, other.begin():
        mine = reconcile_runs.claim(other, NOON)
        theirs = claim()

    assert mine is not None
    assert theirs is not None
    assert (mine.run_id, theirs.run_id) == (first, second)


def test_a_page_with_a_cursor_stays_in_its_step_and_the_last_goes_on(app: Flask) -> None:
    number = ask()

    advance(claimed(), "evt_9", Found(5, 3, 4), SECOND)
    run = row(number)
    assert (run.step, run.cursor, run.pages) == (Step.EVENTS, "evt_9", 1)
    assert (run.listed, run.marked, run.differing) == (5, 3, 4)
    assert (run.leased_until, run.finished_at) == (NOON + SECOND, None)

    place = claimed(SECOND)
    assert (place.cursor, place.pages) == ("evt_9", 1)
    advance(place, None, Found(10, 1, 2), 2 * SECOND)
    run = row(number)
    assert (run.step, run.cursor, run.pages) == (Step.SESSIONS, None, 2)
    assert (run.listed, run.marked, run.differing) == (15, 4, 6)


def test_a_page_was_good_for_nothing_unless_it_says_so() -> None:
    assert Found(0, 0, 0) == NOTHING


def test_after_its_last_step_a_run_has_ended_and_is_free_no_more(app: Flask) -> None:
    number = ask()

    end(number, HOUR)

    run = row(number)
    assert (run.step, run.finished_at, run.pages) == (None, NOON + HOUR, len(STEPS[RunKind.ASKED]))
    assert not is_any_free(DAY)


def test_who_was_overtaken_changes_nothing(app: Flask) -> None:
    number, other = ask(), ask()
    place = claimed(number=number)
    advance(place, "evt_1")
    now = NOON + HOUR

    for late in (
        lambda session: reconcile_runs.advance(session, place, Found(9, 9, 9), None, now),
        lambda session: reconcile_runs.begin_step_again(session, place, "gone", now),
        lambda session: reconcile_runs.put_off(session, place, "away", None, now, Random(1)),
    ):
        with (
            pytest.raises(Overtaken, match=r"^this page of the run was made by another process$"),
            writing() as session,
        ):
            late(session)

    run = row(number)
    assert (run.pages, run.cursor, run.tries, run.listed, run.problem) == (1, "evt_1", 0, 0, None)
    assert (row(other).pages, row(other).tries) == (0, 0)


def test_where_the_object_of_a_cursor_is_gone_the_step_begins_again(app: Flask) -> None:
    number = ask()
    advance(claimed(), "evt_1")

    with writing() as session:
        reconcile_runs.begin_step_again(session, claimed(), "gone " * 200, NOON + SECOND)

    run = row(number)
    assert (run.step, run.cursor, run.pages, run.tries) == (Step.EVENTS, None, 2, 1)
    assert (run.problem, run.leased_until) == (("gone " * 200)[:500], NOON + SECOND)


def test_a_page_that_failed_is_tried_again_where_it_stood_and_a_success_forgets_the_tries(app: Flask) -> None:
    number = ask()
    advance(claimed(), "evt_1")

    with writing() as session:
        reconcile_runs.put_off(session, claimed(), "away " * 200, 300, NOON, Random(1))

    run = row(number)
    assert (run.step, run.cursor, run.pages, run.tries) == (Step.EVENTS, "evt_1", 1, 1)
    assert (run.problem, run.leased_until) == (("away " * 200)[:500], NOON + timedelta(seconds=300))
    advance(claimed(HOUR), "evt_2")
    assert (row(number).tries, row(number).pages) == (0, 2)


@pytest.mark.parametrize(
    ("tries", "seconds", "least", "most"),
    [(0, None, 3.2, 5), (0, 1, 3.2, 5), (3, None, 400, 625), (5, None, 3600, 3600), (0, 90_000, 3600, 3600)],
)
def test_the_wait_grows_is_no_shorter_than_stripe_asks_and_an_hour_at_most(
    app: Flask, tries: int, seconds: float | None, least: float, most: float
) -> None:
    number = ask()
    place = replace(claimed(), tries=tries)

    with writing() as session:
        reconcile_runs.put_off(session, place, "away", seconds, NOON, Random(3))

    wait = (row(number).leased_until - NOON).total_seconds()
    assert least <= wait <= most
    assert row(number).tries == tries + 1


def test_after_eight_tries_the_run_goes_on_without_that_step_and_says_so(app: Flask) -> None:
    for give_up in (
        lambda session, place: reconcile_runs.put_off(session, place, "403", None, NOON + HOUR, Random(1)),
        lambda session, place: reconcile_runs.begin_step_again(session, place, "403", NOON + HOUR),
    ):
        number = ask()
        advance(claimed(number=number), "evt_1")
        place = claimed(number=number)

        with writing() as session:
            give_up(session, replace(place, tries=MOST_TRIES - 2))
        assert (row(number).step, row(number).tries) == (Step.EVENTS, MOST_TRIES - 1)
        with writing() as session:
            give_up(session, replace(place, tries=MOST_TRIES - 1, pages=row(number).pages))

        run = row(number)
        assert (run.step, run.cursor, run.tries) == (Step.SESSIONS, None, 0)
        assert (run.problem, run.leased_until) == ("events left out: 403", NOON + HOUR)


def test_what_ended_long_ago_is_forgotten_but_for_the_newest_of_each_kind(app: Flask) -> None:
    old, kept, newest = ask(), ask(), ask()
    scheduled = (RunKind.EVENTS, RunKind.CHECKOUTS, RunKind.NIGHTLY)
    for kind in scheduled:
        open_due(kind)
        end(only(ReconcileRun, kind=kind).id, SECOND)
    for number, at in ((old, timedelta()), (kept, SECOND), (newest, timedelta())):
        end(number, at)
    going = ask()

    def purge(at: timedelta) -> list[int]:
        """Which are left of those that were asked for."""
        with writing() as session:
            reconcile_runs.purge(session, NOON + at)
        return [number for number in (old, kept, newest, going) if count_of(ReconcileRun, id=number)]

    assert purge(35 * DAY) == [old, kept, newest, going]
    assert purge(35 * DAY + SECOND) == [kept, newest, going]
    assert purge(99 * DAY) == [newest, going]
    assert [count_of(ReconcileRun, kind=kind) for kind in scheduled] == [1, 1, 1]
