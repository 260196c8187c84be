"""Transactions: writers wait for each other and lose nothing; readers keep nobody waiting."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy import Connection, event, select, text

from donations.models import Throttle
from donations.models.database import asking, at_once, db, is_in_transaction, reading, writing
from tests.factories import NOON

KEY = b"k" * 32


def add_counter() -> None:
    with writing() as session:
        session.add(Throttle(key=KEY, window_ends_at=NOON, tries=1))


def test_no_update_is_lost_when_many_read_and_then_write(app: Flask) -> None:
    add_counter()

    def count_up(_: int) -> None:
        with app.app_context(), writing() as session:
            row = session.scalars(select(Throttle).with_for_update()).one()
            row.tries += 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count_up, range(100)))

    with reading() as session:
        assert session.scalar(select(Throttle.tries)) == 101


def test_a_reader_keeps_no_writer_waiting(app: Flask) -> None:
    add_counter()

    with reading() as reader:
        before = reader.scalar(select(Throttle.tries))
        with writing() as writer:
            writer.execute(text("UPDATE throttle SET tries = 2"))

    assert before == 1
    with reading() as session:
        assert session.scalar(select(Throttle.tries)) == 2


def test_an_exception_leaves_nothing_behind(app: Flask) -> None:
    class Planned(Exception):
        pass

    def fail_halfway() -> None:
        with writing() as session:
            session.add(Throttle(key=KEY, window_ends_at=NOON, tries=1))
            session.flush()
            raise Planned

    with pytest.raises(Planned):
        fail_halfway()

    with reading() as session:
        assert session.scalars(select(Throttle)).all() == []


def test_an_open_transaction_is_known_and_its_end_too(app: Flask) -> None:
    seen = [is_in_transaction()]
    with writing():
        seen.append(is_in_transaction())
    with reading():
        seen.append(is_in_transaction())

    assert [*seen, is_in_transaction()] == [False, True, True, False]


def test_a_look_that_asks_nothing_takes_no_connection(app: Flask) -> None:
    taken: list[object] = []
    note = lambda *given: taken.append(given)  # noqa: E731

    event.listen(db.engine, "checkout", note)
    with reading():
        pass
    event.remove(db.engine, "checkout", note)

    assert taken == []


@pytest.mark.parametrize("alone", [at_once, asking])
def test_after_a_statement_by_itself_a_transaction_is_one_again(
    app: Flask, alone: Callable[[], AbstractContextManager[Connection]]
) -> None:
    class Planned(Exception):
        pass

    def fail_halfway() -> None:
        with writing() as session:
            session.add(Throttle(key=KEY, window_ends_at=NOON, tries=1))
            session.flush()
            raise Planned

    with alone() as connection:
        seen = is_in_transaction(), connection.scalar(text("SELECT 1"))
    with pytest.raises(Planned):
        fail_halfway()

    assert (seen, is_in_transaction()) == ((True, 1), False)
    with reading() as session:
        assert session.scalars(select(Throttle)).all() == []


def test_no_request_pays_for_an_event_loop_that_it_does_not_need(app: Flask) -> None:
    assert not any(inspect.iscoroutinefunction(each) for each in app.teardown_appcontext_funcs)
