"""A notice that is taken in with one statement leaves what the plain way leaves."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, event, select, update
from sqlalchemy.exc import IntegrityError

from donations.gateway.kinds import ObjectKind
from donations.gateway.notices import Notice
from donations.models import Disposition, StripeEvent, StripeObject
from donations.models.database import at_once, db, reading, writing
from donations.services import inbox, quick_inbox
from donations.services.inbox import Received
from tests.factories import NOON

Way = Callable[[Notice, datetime], Received]

NOTICES = st.builds(
    Notice,
    event_id=st.sampled_from(["evt_1", "evt_2", "evt_3"]),
    type=st.sampled_from(["invoice.paid", "unknown"]),
    kind=st.sampled_from([None, ObjectKind.INVOICE, ObjectKind.CHARGE]),
    object_id=st.sampled_from([None, "in_1", "in_2"]),
    api_version=st.sampled_from([None, "2026-10-28.endive"]),
    is_livemode=st.booleans(),
    is_thin=st.booleans(),
    created_at=st.sampled_from([None, NOON]),
)
STATES: list[dict[str, Any]] = [
    {},
    {"quarantined_at": NOON, "tries": 8, "problem": "another amount"},
    {"next_try_at": NOON + timedelta(hours=5), "tries": 3, "problem": "StripeUnavailable"},
    {"applied": StripeObject.generation, "looked_at": NOON},
    {"marked_at": NOON + timedelta(days=1)},
]
"""What becomes of the tickets between one notice and the next."""


def notice(**changes: Any) -> Notice:
    given = {
        "event_id": "evt_1",
        "type": "invoice.paid",
        "kind": ObjectKind.INVOICE,
        "object_id": "in_1",
        "api_version": None,
        "is_livemode": False,
        "is_thin": False,
        "created_at": NOON,
    }
    return Notice(**(given | changes))


def plainly(told: Notice, at: datetime) -> Received:
    with writing() as session:
        return inbox.receive(session, told, at, expects_live=False)


def quickly(told: Notice, at: datetime) -> Received:
    with at_once() as connection:
        return quick_inbox.receive(connection, told, at, expects_live=False)


def marking_every_time(told: Notice, at: datetime) -> Received:
    """A mutant: the ticket does not wait for what the event's INSERT says."""
    received = quickly(told, at)
    if not received.is_new and told.kind is not None and told.object_id is not None:
        with writing() as session:
            inbox.mark(session, told.kind, told.object_id, at)
    return received


def leave(way: Way, lived: list[tuple[Notice, dict[str, Any]]]) -> tuple[list[Received], list[Any]]:
    """What a way answers to these notices, and the rows that it leaves."""
    answers: list[Received] = []
    for number, (told, state) in enumerate(lived):
        answers.append(way(told, NOON + timedelta(minutes=number)))
        if state:
            with writing() as session:
                session.execute(update(StripeObject).values(state))
    with reading() as session:
        rows = [
            [getattr(row, column.key) for column in model.__table__.columns if column.key != "id"]
            for model in (StripeEvent, StripeObject)
            for row in session.scalars(select(model).order_by(model.id))
        ]
    with writing() as session:
        session.execute(delete(StripeEvent))
        session.execute(delete(StripeObject))
    return answers, rows


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lived=st.lists(st.tuples(NOTICES, st.sampled_from(STATES)), max_size=8))
def test_both_ways_answer_alike_and_leave_the_same_rows(
    app: Flask, lived: list[tuple[Notice, dict[str, Any]]]
) -> None:
    assert leave(quickly, lived) == leave(plainly, lived)


def test_a_way_that_marks_again_for_an_event_that_was_known_is_found_out(app: Flask) -> None:
    lived: list[tuple[Notice, dict[str, Any]]] = [(notice(), {}), (notice(), {})]

    assert leave(marking_every_time, lived) != leave(plainly, lived)


def test_the_same_event_from_many_threads_is_one_insert_and_one_mark(app: Flask) -> None:
    threads = 12
    ready = Barrier(threads)

    def take_in(_number: int) -> Received:
        with app.app_context():
            ready.wait(timeout=10)
            return quickly(notice(), NOON)

    with ThreadPoolExecutor(threads) as pool:
        received = list(pool.map(take_in, range(threads)))

    assert sorted(one.is_new for one in received) == [False] * (threads - 1) + [True]
    assert sorted(one.is_marked for one in received) == [False] * (threads - 1) + [True]
    with reading() as session:
        assert len(session.scalars(select(StripeEvent)).all()) == 1
        assert session.scalars(select(StripeObject)).one().generation == 1


def test_different_events_of_one_object_from_many_threads_all_count(app: Flask) -> None:
    def take_in(number: int) -> None:
        with app.app_context():
            quickly(notice(event_id=f"evt_{number}"), NOON)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(take_in, range(40)))

    with reading() as session:
        assert session.scalars(select(StripeObject)).one().generation == 40


def test_an_event_of_the_other_mode_is_kept_and_marks_nothing(app: Flask) -> None:
    received = quickly(notice(is_livemode=True), NOON)

    assert received == Received(is_new=True, is_marked=False, disposition=Disposition.QUARANTINED)
    with reading() as session:
        assert session.scalars(select(StripeObject)).all() == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_fails_between_event_and_ticket_keeps_neither(app: Flask) -> None:
    def fail(connection: Any, _record: object, _proxy: object) -> None:
        connection.execute(
            "CREATE TEMP TRIGGER fails BEFORE INSERT ON stripe_object BEGIN SELECT RAISE(ABORT, 'no'); END"
        ).close()

    event.listen(db.engine, "checkout", fail)
    with pytest.raises(IntegrityError, match="no"):
        quickly(notice(), NOON)
    event.remove(db.engine, "checkout", fail)
    db.engine.dispose()

    with reading() as session:
        assert session.scalars(select(StripeEvent)).all() == []
