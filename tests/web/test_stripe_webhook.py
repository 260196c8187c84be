"""Stripe's address: what is signed is kept before it is answered, what is not leaves no trace."""

from __future__ import annotations

import json
import random
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, select
from werkzeug.test import TestResponse

from donations import runtime
from donations.domain.checkouts import CheckoutStatus
from donations.gateway.kinds import ObjectKind
from donations.gateway.notices import LARGEST_BODY
from donations.gateway.signatures import sign
from donations.models import Checkout, Disposition, Donation, StripeEvent, StripeObject
from donations.models.database import db, reading, writing
from donations.runtime import Runtime
from tests import factories
from tests.website import Website

URL = "/webhooks/stripe"


@pytest.fixture
def wakes(app: Flask) -> list[str]:
    """Grows by one with every wake-up of the worker."""
    heard: list[str] = []
    change_runtime(app, wake_worker=lambda: heard.append("wake"))
    return heard


def change_runtime(app: Flask, **changes: Any) -> None:
    runtime.install(app, replace(runtime.current(), **changes))


def body(event_id: str = "evt_1", **changes: Any) -> bytes:
    about = {"id": "pi_1", "object": "payment_intent"}
    whole = {
        "id": event_id,
        "object": "event",
        "type": "payment_intent.succeeded",
        "api_version": "2026-10-28.endive",
        "created": 1_790_000_000,
        "livemode": False,
        "data": {"object": about},
    }
    return json.dumps(whole | changes).encode()


def thin_body() -> bytes:
    about = {"id": "sub_1", "type": "subscription", "url": "/v1/subscriptions/sub_1"}
    return json.dumps(
        {
            "id": "evt_thin",
            "object": "v2.core.event",
            "type": "v1.customer.subscription.updated",
            "livemode": False,
            "created": "2026-11-22T12:00:00.000Z",
            "related_object": about,
        }
    ).encode()


def send(
    client: FlaskClient, payload: bytes, signature: str | None = None, *, age: timedelta = timedelta()
) -> TestResponse:
    current = runtime.current()
    if signature is None:
        signature = sign(payload, current.config.stripe_webhook_secrets[0], runtime.system_clock() - age)
    return client.post(URL, data=payload, headers={"Stripe-Signature": signature})


def events() -> list[StripeEvent]:
    with reading() as session:
        return list(session.scalars(select(StripeEvent).order_by(StripeEvent.id)))


def tickets() -> list[StripeObject]:
    with reading() as session:
        return list(session.scalars(select(StripeObject).order_by(StripeObject.id)))


@contextmanager
def said_to_sqlite() -> Iterator[list[str]]:
    """The first words of what is said to the database, transactions included."""
    said: list[str] = []

    def listen(connection: Any, _record: object, _proxy: object) -> None:
        connection.set_trace_callback(lambda statement: said.append(statement.split()[0].upper()))

    def leave(connection: Any, _record: object) -> None:
        connection.set_trace_callback(None)

    engine: Engine = db.engine
    event.listen(engine, "checkout", listen)
    event.listen(engine, "checkin", leave)
    yield said
    event.remove(engine, "checkout", listen)
    event.remove(engine, "checkin", leave)


@contextmanager
def said_to_postgres(file: Path) -> Iterator[Callable[[], list[str]]]:
    """What goes over the wire, by the protocol's own names: F to the server, B back."""
    with file.open("w") as written:

        def listen(connection: Any, _record: object, _proxy: object) -> None:
            connection.pgconn.trace(written.fileno())

        def leave(connection: Any, _record: object) -> None:
            connection.pgconn.untrace()

        engine: Engine = db.engine
        event.listen(engine, "checkout", listen)
        event.listen(engine, "checkin", leave)
        yield lambda: [" ".join(line.split("\t")[1::2][:2]) for line in file.read_text().splitlines()]
        event.remove(engine, "checkout", listen)
        event.remove(engine, "checkin", leave)


def test_an_event_is_kept_and_its_object_marked(client: FlaskClient, wakes: list[str]) -> None:
    answer = send(client, body())

    assert (answer.status_code, answer.data) == (200, b"")
    (kept,), (ticket,) = events(), tickets()
    assert (kept.stripe_event_id, kept.type) == ("evt_1", "payment_intent.succeeded")
    assert (kept.disposition, kept.api_version) == (Disposition.MARKED, "2026-10-28.endive")
    assert (ticket.kind, ticket.stripe_id) == (ObjectKind.PAYMENT_INTENT, "pi_1")
    assert (ticket.generation, ticket.applied) == (1, 0)
    assert wakes == ["wake"]


def test_a_thin_event_is_kept_alike(client: FlaskClient, wakes: list[str]) -> None:
    assert send(client, thin_body()).status_code == 200

    assert [(kept.is_thin, kept.disposition) for kept in events()] == [(True, Disposition.MARKED)]
    assert [(ticket.kind, ticket.stripe_id) for ticket in tickets()] == [(ObjectKind.SUBSCRIPTION, "sub_1")]


def test_second_delivery_of_an_event_changes_nothing(client: FlaskClient, wakes: list[str]) -> None:
    send(client, body())

    answer = send(client, body())

    assert answer.status_code == 200
    assert (len(events()), [ticket.generation for ticket in tickets()]) == (1, [1])
    assert wakes == ["wake"]


def test_another_event_of_the_same_object_raises_its_generation(
    client: FlaskClient, wakes: list[str]
) -> None:
    send(client, body("evt_1"))
    send(client, body("evt_2"))

    assert (len(events()), [ticket.generation for ticket in tickets()]) == (2, [2])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_on_sqlite_acceptance_is_one_insert_one_upsert_and_one_commit_before_the_wake_up(
    app: Flask, client: FlaskClient
) -> None:
    with said_to_sqlite() as said:
        change_runtime(app, wake_worker=lambda: said.append("WAKE"))
        assert send(client, body()).status_code == 200

    assert said == ["BEGIN", "INSERT", "INSERT", "COMMIT", "WAKE"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_on_sqlite_a_repeated_event_costs_one_insert(client: FlaskClient, wakes: list[str]) -> None:
    send(client, body())

    with said_to_sqlite() as said:
        send(client, body())

    assert said == ["BEGIN", "INSERT", "COMMIT"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("event_id", ["evt_new", "evt_0"], ids=["new", "known"])
def test_on_postgresql_acceptance_is_one_round_trip(
    client: FlaskClient, wakes: list[str], tmp_path: Path, event_id: str
) -> None:
    """The statement is prepared by then, as it is after its first few times in each connection."""
    for number in range(10):
        send(client, body(f"evt_{number}"))

    with said_to_postgres(tmp_path / "wire") as said:
        assert send(client, body(event_id)).status_code == 200

    assert [word for word in said() if word.startswith("F ")] == [
        "F Bind",
        "F Describe",
        "F Execute",
        "F Sync",
    ]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_connection_that_was_cut_is_made_anew_and_the_event_kept_once(
    client: FlaskClient, wakes: list[str]
) -> None:
    send(client, body("evt_1"))
    with psycopg.connect(db.engine.url.set(drivername="postgresql").render_as_string(False)) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    assert send(client, body("evt_2")).status_code == 200

    assert [kept.stripe_event_id for kept in events()] == ["evt_1", "evt_2"]


def test_a_failing_wake_up_is_harmless(app: Flask, client: FlaskClient) -> None:
    def fail() -> None:
        raise ConnectionRefusedError

    change_runtime(app, wake_worker=fail)

    assert send(client, body()).status_code == 200
    assert len(tickets()) == 1


def test_an_unknown_type_is_set_aside(client: FlaskClient, wakes: list[str]) -> None:
    answer = send(client, body(type="radar.early_fraud_warning.created"))

    assert answer.status_code == 200
    assert [kept.disposition for kept in events()] == [Disposition.SET_ASIDE]
    assert (tickets(), wakes) == ([], [])


def test_a_live_event_in_test_mode_is_quarantined(client: FlaskClient, wakes: list[str]) -> None:
    answer = send(client, body(livemode=True))

    assert answer.status_code == 200
    (kept,) = events()
    assert (kept.disposition, kept.note) == (Disposition.QUARANTINED, "a live event in the other mode")
    assert (tickets(), wakes) == ([], [])


def test_both_secrets_are_taken_while_one_is_rotated(
    app: Flask, client: FlaskClient, wakes: list[str]
) -> None:
    current = runtime.current()
    change_runtime(app, config=replace(current.config, stripe_webhook_secrets=("whsec_new", "whsec_old")))

    for number, secret in enumerate(("whsec_new", "whsec_old")):
        payload = body(f"evt_{number}")
        assert send(client, payload, sign(payload, secret, current.now())).status_code == 200

    assert len(events()) == 2


def forgeries(current: Runtime) -> dict[str, tuple[bytes, str | None]]:
    secret = current.config.stripe_webhook_secrets[0]
    good = sign(body(), secret, current.now())
    return {
        "no signature": (body(), ""),
        "another secret": (body(), sign(body(), "whsec_other", current.now())),
        "an empty secret": (body(), sign(body(), "", current.now())),
        "stale": (body(), sign(body(), secret, current.now() - timedelta(minutes=6))),
        "future": (body(), sign(body(), secret, current.now() + timedelta(minutes=6))),
        "a year ahead": (body(), sign(body(), secret, current.now() + timedelta(days=365))),
        "not ASCII": (body(), good[:-1] + "é"),
        "truncated": (body(), good[:-1]),
        "another body": (body("evt_2"), good),
        "many signatures": (body(), good + ",v1=" + "0" * 64 + ",v1=" * 9),
        "no time": (body(), good.split(",")[1]),
        "two times": (body(), "t=1," + good),
    }


def test_what_is_not_signed_by_stripe_just_now_leaves_no_trace(client: FlaskClient, wakes: list[str]) -> None:
    answers = {
        name: send(client, payload, signature or "t=,v1=").status_code
        for name, (payload, signature) in forgeries(runtime.current()).items()
    }

    assert answers == dict.fromkeys(answers, 400)
    assert (events(), tickets(), wakes) == ([], [], [])


@pytest.mark.parametrize(
    "payload",
    [b"", b"[]", b"null", b"{", b"\xff", b"[" * 50_000, b'{"id":"evt_1","id":"evt_2"}', b'{"id":7}', b"NaN"],
    ids=["empty", "list", "null", "half", "not UTF-8", "deep", "twice", "number for id", "NaN"],
)
def test_a_signed_body_that_is_no_event_is_refused(
    client: FlaskClient, wakes: list[str], payload: bytes
) -> None:
    assert send(client, payload).status_code == 400

    assert events() == []


def test_random_bodies_and_signatures_never_make_a_row_or_a_fault(
    client: FlaskClient, wakes: list[str]
) -> None:
    dice = random.Random(16)
    whole = body()
    for _ in range(200):
        cut = dice.randrange(len(whole))
        payload = whole[:cut] + dice.randbytes(dice.randrange(8)) + whole[cut + dice.randrange(4) :]
        header = bytes(dice.randrange(32, 256) for _ in range(dice.randrange(90))).decode("latin-1")
        assert send(client, payload, header).status_code == 400

    assert (events(), tickets()) == ([], [])


def test_an_event_that_is_too_large_is_refused_unread(client: FlaskClient, wakes: list[str]) -> None:
    assert send(client, b"x" * (LARGEST_BODY + 1)).status_code == 413

    assert events() == []


def test_a_body_of_no_stated_length_is_cut_off(app: Flask, wakes: list[str]) -> None:
    part = b"%x\r\n%s\r\n" % (LARGEST_BODY, b"x" * LARGEST_BODY)
    head = (
        f"POST {URL} HTTP/1.1\r\nHost: x\r\nStripe-Signature: t=1,v1=0\r\nTransfer-Encoding: chunked\r\n\r\n"
    )

    with (
        Website() as website,
        socket.create_connection(("127.0.0.1", website.port), timeout=20) as connection,
    ):
        website.app = app
        connection.sendall(head.encode() + part + part + b"0\r\n\r\n")
        answer = connection.recv(64)

    assert b" 413 " in answer
    assert events() == []


@pytest.mark.parametrize(
    ("environ", "status"),
    [
        ({"CONTENT_LENGTH": "999999999"}, 413),
        ({"CONTENT_LENGTH": "10"}, 400),
        ({"CONTENT_LENGTH": "-1"}, 400),
        ({"CONTENT_LENGTH": "many"}, 400),
        ({"CONTENT_LENGTH": "", "wsgi.input_terminated": True}, 413),
    ],
    ids=["too much", "too little", "negative", "no number", "none"],
)
def test_a_false_length_is_not_believed(
    client: FlaskClient, wakes: list[str], environ: dict[str, Any], status: int
) -> None:
    payload = b"x" * (2 * LARGEST_BODY)

    answer = client.post(
        URL, data=payload, headers={"Stripe-Signature": "t=1,v1=0"}, environ_overrides=environ
    )

    assert answer.status_code == status
    assert events() == []


def test_without_a_secret_there_is_no_such_address(app: Flask, client: FlaskClient) -> None:
    change_runtime(app, config=replace(runtime.current().config, stripe_webhook_secrets=()))

    assert client.post(URL, data=body()).status_code == 404


def test_it_takes_only_posts(client: FlaskClient) -> None:
    assert client.get(URL).status_code == 405


def test_it_is_never_cached_and_sets_no_cookie(client: FlaskClient, wakes: list[str]) -> None:
    answer = send(client, body())

    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_locked_database_means_try_again_and_the_next_delivery_succeeds(
    app: Flask, client: FlaskClient, wakes: list[str]
) -> None:
    impatient(app)
    other = sqlite3.connect(str(db.engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    answer = send(client, body())
    other.execute("ROLLBACK")
    other.close()

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert wakes == []
    assert send(client, body()).status_code == 200
    assert len(events()) == 1


def impatient(app: Flask) -> None:
    """Wait for a lock a moment only, so that the test need not."""

    def hurry(connection: Any, _record: object, _proxy: object) -> None:
        connection.execute("PRAGMA busy_timeout=50").close()

    event.listen(db.engine, "checkout", hurry)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_database_that_is_away_means_try_again_and_the_next_delivery_succeeds(
    app: Flask, client: FlaskClient, wakes: list[str]
) -> None:
    name = db.engine.url.database
    admin_url = db.engine.url.set(database="postgres", drivername="postgresql")
    db.engine.dispose()
    with psycopg.connect(admin_url.render_as_string(hide_password=False), autocommit=True) as admin:
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        answer = send(client, body())
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')

    assert answer.status_code == 503
    assert send(client, body()).status_code == 200
    assert len(events()) == 1


def test_an_event_is_only_a_reason_to_look_and_believed_in_nothing(
    client: FlaskClient, wakes: list[str]
) -> None:
    with writing() as session:
        supporter = factories.make_supporter(session, runtime.current().vault)
        checkout = factories.make_checkout(session, supporter)
    about = {
        "id": checkout.stripe_session_id,
        "object": "checkout.session",
        "client_reference_id": checkout.reference,
        "payment_status": "paid",
    }

    send(client, body(type="checkout.session.completed", data={"object": about}))

    with reading() as session:
        assert session.get_one(Checkout, checkout.id).status is CheckoutStatus.OPEN
        assert session.scalars(select(Donation)).all() == []


def test_a_signature_is_compared_with_real_time_however_far_the_sites_clock_is(
    app: Flask, client: FlaskClient
) -> None:
    ahead = runtime.system_clock() + timedelta(days=70)
    change_runtime(app, now=lambda: ahead, wake_worker=lambda: None)
    secret = runtime.current().config.stripe_webhook_secrets[0]

    signed_now = send(client, body("evt_now"))
    signed_ahead = send(client, body("evt_ahead"), sign(body("evt_ahead"), secret, ahead))

    assert (signed_now.status_code, signed_ahead.status_code) == (200, 400)
    (event,) = events()
    assert event.received_at == ahead


def test_flask_itself_answers_as_the_short_cut_does(
    app: Flask, client: FlaskClient, wakes: list[str]
) -> None:
    payload = body()
    secret = runtime.current().config.stripe_webhook_secrets[0]
    headers = {"Stripe-Signature": sign(payload, secret, runtime.system_clock())}
    short = send(client, payload)

    with app.test_request_context(URL, method="POST", data=payload, headers=headers):
        whole = app.full_dispatch_request()

    assert (whole.status_code, whole.data) == (short.status_code, short.data)
    said = {name: value for name, value in whole.headers.items() if name != "X-Request-Id"}
    assert {name: short.headers.get(name) for name in said} == said
    assert len(events()) == 1


def test_a_fault_of_ours_is_told_in_the_log_and_is_a_bare_500(
    app: Flask, client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    def now() -> Any:
        raise ZeroDivisionError("4242424242424242")

    change_runtime(app, now=now)

    answer = send(client, body())

    assert (answer.status_code, answer.data) == (500, b"")
    assert answer.headers["X-Request-Id"]
    said = capsys.readouterr().err
    assert "ZeroDivisionError" in said
    assert "4242" not in said


def test_each_webhook_is_one_line_in_the_log_and_the_next_begins_with_nothing(
    client: FlaskClient, wakes: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    first = send(client, body("evt_1")).headers["X-Request-Id"]
    second = send(client, b"{}").headers["X-Request-Id"]

    lines = capsys.readouterr().err.splitlines()
    requests = [line for line in lines if " request " in line or '"request"' in line]

    assert len(requests) == 2
    assert first in requests[0]
    assert second in requests[1]
    assert "evt_1" in requests[0]
    assert "evt_1" not in requests[1]
    assert first != second
