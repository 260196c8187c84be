"""What is wrong is found, opened once, told once, and ended when it is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from donations import runtime
from donations.domain.alerts import Cause, Facts, causes_in
from donations.domain.reconciling import RunKind
from donations.gateway.kinds import ObjectKind
from donations.models import OutboxMessage, OutboxStatus, ReconcileRun, StripeObject
from donations.models.database import reading, writing
from donations.services import alerts, inbox, outbox, workers
from donations.services.alerts import News
from tests import factories
from tests.factories import NOON

MINUTE = timedelta(minutes=1)
FINE = Facts(set_aside=0, lag=timedelta(), letters_given_up=0, compared_at=NOON)


def found() -> set[Cause]:
    with reading() as session:
        return set(alerts.find(session, NOON))


def note(minutes: float, *causes: Cause) -> list[News]:
    """What is to be told, once that was found then."""
    with writing() as session:
        alerts.note(session, set(causes), NOON + minutes * MINUTE)
        return alerts.claim_news(session, NOON + minutes * MINUTE)


def tell(news: list[News], minutes: float) -> None:
    with writing() as session:
        for each in news:
            alerts.mark_told(session, each, NOON + minutes * MINUTE)


def open_now(minutes: float = 0) -> list[Cause]:
    with reading() as session:
        return [each.cause for each in alerts.list_open(session, NOON + minutes * MINUTE)]


def work(minutes: float = 0) -> None:
    """A worker is seen."""
    with writing() as session:
        workers.note_alive(session, "one", NOON, NOON + minutes * MINUTE)


def add_run(kind: RunKind, minutes_ago: int, **columns: object) -> None:
    at = NOON - minutes_ago * MINUTE
    values: dict[str, object] = {
        "kind": kind, "due_at": at, "since": at, "started_at": at, "finished_at": at, "leased_until": at,
        "pages": 1, "tries": 0, "listed": 0, "marked": 0, "differing": 0,
    }  # fmt: skip
    with writing() as session:
        session.add(ReconcileRun(**(values | columns)))


@pytest.mark.parametrize(
    ("facts", "causes"),
    [
        (FINE, set()),
        (Facts(1, timedelta(), 0, NOON), {Cause.SET_ASIDE}),
        (Facts(0, 15 * MINUTE, 0, NOON), set()),
        (Facts(0, 15 * MINUTE + timedelta(seconds=1), 0, NOON), {Cause.BEHIND}),
        (Facts(0, timedelta(), 1, NOON), {Cause.LETTERS}),
        (Facts(0, timedelta(), 0, NOON - 60 * MINUTE), set()),
        (Facts(0, timedelta(), 0, NOON - 61 * MINUTE), {Cause.NOT_COMPARED}),
        (Facts(0, timedelta(), 0, None), set()),
    ],
)
def test_each_bound_is_where_it_is_said_to_be(facts: Facts, causes: set[Cause]) -> None:
    assert causes_in(facts, NOON) == causes


def test_where_nothing_is_there_nothing_is_wrong(app: Flask) -> None:
    assert found() == set()


def test_what_was_set_aside_is_found_until_it_is_looked_at_again(app: Flask) -> None:
    with writing() as session:
        inbox.mark(session, ObjectKind.INVOICE, "in_1", NOON)
        session.execute(update(StripeObject).values(quarantined_at=NOON))

    assert found() == {Cause.SET_ASIDE}

    with writing() as session:
        inbox.mark(session, ObjectKind.INVOICE, "in_1", NOON)
    assert found() == set()


def test_work_that_waits_too_long_is_found(app: Flask) -> None:
    with writing() as session:
        inbox.mark(session, ObjectKind.INVOICE, "in_1", NOON - 16 * MINUTE)

    assert found() == {Cause.BEHIND}


@pytest.mark.parametrize(("minutes", "causes"), [(-1, {Cause.LETTERS}), (-24 * 60, set())])
def test_a_letter_that_was_given_up_is_found_for_a_day(app: Flask, minutes: int, causes: set[Cause]) -> None:
    with writing() as session:
        supporter = factories.make_supporter(session, runtime.current().vault)
        outbox.add(session, "receipt", "pi_1", supporter.id, NOON)
        session.execute(
            update(OutboxMessage).values(status=OutboxStatus.FAILED, next_try_at=NOON + minutes * MINUTE)
        )

    assert found() == causes


@pytest.mark.parametrize(
    ("kind", "causes"),
    [(RunKind.NIGHTLY, {Cause.NOT_COMPARED}), (RunKind.EVENTS, set()), (RunKind.ASKED, set())],
)
def test_a_comparison_of_events_must_have_ended_within_the_hour(
    app: Flask, kind: RunKind, causes: set[Cause]
) -> None:
    add_run(RunKind.EVENTS, 120)
    add_run(kind, 30)

    assert found() == causes


def test_a_first_comparison_that_never_ends_is_found_too(app: Flask) -> None:
    add_run(RunKind.EVENTS, 90, finished_at=None, step="events")

    assert found() == {Cause.NOT_COMPARED}


def test_a_cause_is_told_once_while_it_goes_on(app: Flask) -> None:
    first = note(0, Cause.BEHIND)
    tell(first, 0)

    assert first == [News(Cause.BEHIND, NOON, None)]
    assert [note(minutes, Cause.BEHIND) for minutes in (1, 30, 61, 600)] == [[]] * 4


def test_it_is_told_when_it_is_over_and_not_again(app: Flask) -> None:
    tell(note(0, Cause.BEHIND), 0)

    over = note(7)
    tell(over, 7)

    assert over == [News(Cause.BEHIND, NOON, NOON + 7 * MINUTE)]
    assert note(8) == []


def test_what_comes_and_goes_is_told_once_an_hour(app: Flask) -> None:
    alarms = 0
    for minute in range(0, 180, 2):
        begun = note(minute, Cause.LETTERS)
        tell(begun, minute)
        over = note(minute + 1)
        tell(over, minute + 1)
        alarms += len(begun)
        assert len(over) == len(begun)

    assert alarms == 3


def test_causes_don_t_wait_for_one_another(app: Flask) -> None:
    tell(note(0, Cause.BEHIND), 0)

    assert note(1, Cause.BEHIND, Cause.SET_ASIDE) == [News(Cause.SET_ASIDE, NOON + MINUTE, None)]


def test_what_is_over_before_it_was_told_is_never_told(app: Flask) -> None:
    note(0, Cause.BEHIND)

    assert note(6) == []
    assert open_now(6) == [Cause.NO_WORKER]


def test_of_many_workers_one_tells_it(app: Flask) -> None:
    assert [len(note(0.1 * number, Cause.BEHIND)) for number in range(8)] == [1] + [0] * 7


def test_what_a_crash_kept_from_being_told_is_told_after_the_lease(app: Flask) -> None:
    note(0, Cause.BEHIND)

    assert note(4.9, Cause.BEHIND) == []
    assert len(note(5, Cause.BEHIND)) == 1


def test_what_begins_again_before_its_end_was_told_has_gone_on(app: Flask) -> None:
    tell(note(0, Cause.BEHIND), 0)
    note(5)

    assert note(6, Cause.BEHIND) == []
    with reading() as session:
        (each, *_) = alerts.list_open(session, NOON + 6 * MINUTE)
    assert (each.cause, each.since) == (Cause.BEHIND, NOON)


def test_that_no_worker_is_seen_is_found_by_whoever_looks(app: Flask) -> None:
    assert open_now() == [Cause.NO_WORKER]

    work()

    assert [open_now(minutes) for minutes in (0, 5, 5.1)] == [[], [], [Cause.NO_WORKER]]


def test_workers_that_were_long_silent_are_forgotten(app: Flask) -> None:
    work()
    with writing() as session:
        workers.note_alive(session, "two", NOON + 61 * MINUTE, NOON + 61 * MINUTE)

    with reading() as session:
        (alive,) = workers.list_alive(session, NOON + 61 * MINUTE)
        assert (alive.worker, workers.last_seen_at(session)) == ("two", NOON + 61 * MINUTE)
