"""A database that is locked, full, read-only or away: 503, nothing half done, and the next try succeeds."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.test import TestResponse

from donations import runtime
from donations.gateway.kinds import ObjectKind
from donations.models import Checkout, Donation, OutboxMessage, StripeEvent, StripeObject
from donations.models.database import db, reading
from donations.services.tickets import LEASE
from tests.fakes import FakeGateway
from tests.proofs import mutants
from tests.proofs.signed import PATH, event_body, signed
from tests.sync.desk import Desk, count_of
from tests.sync.lives import ids, payment_intent

Trouble = Callable[[], AbstractContextManager[None]]
_MOST_THAT_STILL_FIT = 500


def _whenever_taken(*pragmas: str) -> Callable[..., None]:
    def say(connection: Any, _record: object, _proxy: object) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").close()

    return say


@contextmanager
def _said_to_each_connection(*pragmas: str) -> Iterator[None]:
    say = _whenever_taken(*pragmas)
    event.listen(db.engine, "checkout", say)
    yield
    event.remove(db.engine, "checkout", say)
    db.engine.dispose()


@contextmanager
def locked() -> Iterator[None]:
    """Another program writes for longer than we wait."""
    with (
        _said_to_each_connection("busy_timeout=20"),
        closing(sqlite3.connect(str(db.engine.url.database), isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def full() -> Iterator[None]:
    """The file may not grow by one page."""
    with closing(sqlite3.connect(str(db.engine.url.database))) as other:
        ((pages,),) = other.execute("PRAGMA page_count")
    with _said_to_each_connection(f"max_page_count={pages}"):
        yield


@contextmanager
def _by_admin(before: str, after: str) -> Iterator[None]:
    """What an administrator says of our database, and takes back."""
    name = db.engine.url.database
    url = db.engine.url.set(database="postgres", drivername="postgresql")
    db.engine.dispose()
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as admin:
        admin.execute(before.format(name=name))
        yield
        db.engine.dispose()
        admin.execute(after.format(name=name))


def away() -> AbstractContextManager[None]:
    return _by_admin(
        'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false', 'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'
    )


def read_only() -> AbstractContextManager[None]:
    """As a replica is, to which we were led after the first server failed."""
    return _by_admin(
        'ALTER DATABASE "{name}" SET default_transaction_read_only = on',
        'ALTER DATABASE "{name}" RESET default_transaction_read_only',
    )


@contextmanager
def disk_full() -> Iterator[None]:
    """At the last row of each of our acts, so that what came before it would be seen."""
    tables = ("stripe_object", "checkout", "donation")
    with db.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END $$"
        )
        for table in tables:
            connection.exec_driver_sql(
                f"CREATE TRIGGER no_room BEFORE INSERT ON {table} EXECUTE FUNCTION no_room()"
            )
    yield
    with db.engine.begin() as connection:
        connection.exec_driver_sql("DROP FUNCTION no_room CASCADE")


EVERY_TROUBLE = pytest.mark.parametrize(
    ("database_url", "trouble"),
    [
        ("sqlite", locked),
        ("sqlite", full),
        ("postgresql", away),
        ("postgresql", read_only),
        ("postgresql", disk_full),
    ],
    ids=["locked", "full", "away", "read-only", "disk full"],
    indirect=["database_url"],
)


@pytest.fixture
def gateway(app: Flask) -> FakeGateway:
    gateway = FakeGateway()
    runtime.install(app, replace(runtime.current(), gateway=gateway, wake_worker=lambda: None))
    return gateway


def deliver(client: FlaskClient, number: int) -> TestResponse:
    body = event_body(f"evt_{number}", f"pi_{number}")
    secret = runtime.current().config.stripe_webhook_secrets[0]
    return client.post(PATH, data=body, headers=dict(signed(body, secret)))


def until_refused(client: FlaskClient, most: int = _MOST_THAT_STILL_FIT) -> tuple[int, TestResponse]:
    """Deliver one event after the other. The number of the first that was not taken, and its answer."""
    for number in range(most):
        answer = deliver(client, number)
        if answer.status_code != 200:
            return number, answer
    raise AssertionError("everything was taken")


def assert_refused_and_taken_later(
    client: FlaskClient, trouble: Trouble, most: int = _MOST_THAT_STILL_FIT
) -> None:
    with trouble():
        number, answer = until_refused(client, most)
    assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "5")
    assert kept() == dict.fromkeys(range(number), 1)

    assert deliver(client, number).status_code == 200
    assert kept() == dict.fromkeys(range(number + 1), 1)


def kept() -> dict[int, int]:
    """The generation of the ticket of each event, by its number."""
    with reading() as session:
        events = session.scalars(select(StripeEvent.stripe_event_id)).all()
        tickets = session.execute(select(StripeObject.stripe_id, StripeObject.generation)).all()
    generations = {int(row.stripe_id.removeprefix("pi_")): row.generation for row in tickets}
    assert sorted(int(each.removeprefix("evt_")) for each in events) == sorted(generations)
    return generations


@EVERY_TROUBLE
def test_a_webhook_is_answered_with_503_and_its_next_delivery_is_kept(
    client: FlaskClient, gateway: FakeGateway, trouble: Trouble
) -> None:
    assert_refused_and_taken_later(client, trouble)


@pytest.mark.parametrize(
    ("database_url", "trouble"), [("sqlite", locked)], ids=["locked"], indirect=["database_url"]
)
def test_the_proof_finds_the_mistake_of_answering_200_whatever_happens(
    app: Flask, client: FlaskClient, gateway: FakeGateway, trouble: Trouble
) -> None:
    mutants.plant("swallow all", app)

    with pytest.raises(AssertionError):
        assert_refused_and_taken_later(client, trouble, most=3)


@EVERY_TROUBLE
def test_a_form_is_answered_with_503_before_stripe_is_asked_and_can_be_sent_again(
    client: FlaskClient, gateway: FakeGateway, trouble: Trouble
) -> None:
    forms = [filled_in(client, number) for number in range(1 if trouble is not full else 8)]
    asked = 0
    with trouble():
        until_refused(client)  # So that what is full is full for everybody.
        for form in forms:
            answer = client.post("/support", data=form)
            if answer.status_code != 303:
                break
            asked += 1
    assert answer.status_code == 503
    assert (gateway.calls, count_of(Checkout)) == (asked, asked)

    assert client.post("/support", data=form).status_code == 303
    assert (gateway.calls, count_of(Checkout)) == (asked + 1, asked + 1)


def filled_in(client: FlaskClient, number: int) -> dict[str, str]:
    nonce = BeautifulSoup(client.get("/support").text, "html.parser").find("input", {"name": "nonce"})
    assert nonce is not None
    gift = {"frequency": "once", "currency": "eur", "amount_once": "50"}
    return gift | {"nonce": str(nonce["value"]), "email": f"reader{number}@example.com"}


@EVERY_TROUBLE
def test_a_worker_goes_on_when_the_database_is_back_and_applies_once(app: Flask, trouble: Trouble) -> None:
    desk = Desk()
    checkout = desk.checkout()
    desk.tell(payment_intent(checkout))
    desk.deliver(ObjectKind.PAYMENT_INTENT, ids(checkout)["payment_intent"])

    with trouble(), suppress(SQLAlchemyError):
        desk.drain()
    desk.clock.forward(LEASE)
    desk.settle()

    assert (count_of(Donation), count_of(OutboxMessage)) == (1, 1)
