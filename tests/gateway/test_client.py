"""What leaves for Stripe: no more than was asked, never inside a transaction."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from donations.gateway.client import StripeGateway
from donations.gateway.errors import CallInTransaction
from donations.gateway.kinds import ObjectKind
from donations.models.database import db, reading, writing
from tests.gateway import answers
from tests.gateway.calls import KEY, answering, each_call
from tests.gateway.raw_server import error, says


@pytest.fixture
def sqlite_app(tmp_path: Path) -> Iterator[Flask]:
    """No more than is needed to open a transaction."""
    app = Flask(__name__)
    app.config["SQLALCHEMY_ENGINES"] = {"default": f"sqlite:///{tmp_path / 'empty.db'}"}
    db.init_app(app)
    with app.app_context():
        yield app
        db.engine.dispose()


@pytest.mark.parametrize("transaction", [writing, reading])
@each_call
def test_no_call_leaves_while_a_transaction_is_open(
    sqlite_app: Flask, call: Callable[[StripeGateway], Any], transaction: Callable[[], Any]
) -> None:
    with answering(says(answers.session())) as (gateway, server):
        with transaction(), pytest.raises(CallInTransaction):
            call(gateway)

        assert server.requests == []


def test_a_call_may_follow_a_transaction(sqlite_app: Flask) -> None:
    with answering(says(answers.session())) as (gateway, server):
        with writing():
            pass
        gateway.create_checkout_session({"mode": "payment"}, "key-1")

    assert len(server.requests) == 1


def test_parameters_and_key_are_sent_as_they_were_given() -> None:
    with answering(says(answers.session())) as (gateway, server):
        gateway.create_checkout_session(
            {"mode": "payment", "adaptive_pricing": {"enabled": False}, "line_items": [{"quantity": 1}]},
            "key-1",
        )

    [request] = server.requests
    assert (request.method, request.path) == ("POST", "/v1/checkout/sessions")
    assert request.headers["idempotency-key"] == "key-1"
    assert request.body == "mode=payment&adaptive_pricing[enabled]=false&line_items[0][quantity]=1"


def test_every_call_names_the_pinned_version_and_our_key() -> None:
    with answering(says(answers.charge())) as (gateway, server):
        gateway.fetch(ObjectKind.CHARGE, "ch_1")

    [request] = server.requests
    assert request.headers["stripe-version"] == "2026-10-28.endive"
    assert request.headers["authorization"] == f"Bearer {KEY}"


def test_nothing_is_reported_about_us_or_our_calls() -> None:
    with answering(says(answers.charge())) as (gateway, server):
        gateway.fetch(ObjectKind.CHARGE, "ch_1")
        gateway.fetch(ObjectKind.CHARGE, "ch_1")

    for request in server.requests:
        assert "x-stripe-client-telemetry" not in request.headers
        told = json.loads(request.headers["x-stripe-client-user-agent"])
        assert not {"telemetry_id", "platform", "uname"} & set(told)


def test_no_log_at_any_level_shows_what_is_sent(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    with answering(error(500), says(answers.session()), retries=1) as (gateway, _):
        gateway.create_checkout_session({"customer_email": "reader@example.com"}, "key-1")

    assert "reader" not in caplog.text
    assert KEY not in caplog.text


def test_a_session_is_found_by_our_reference_on_a_later_page() -> None:
    wanted = answers.session(id="cs_test_3", client_reference_id="r-wanted")
    first = answers.listed(
        answers.session(id="cs_test_1", client_reference_id="r-a"),
        answers.session(id="cs_test_2", client_reference_id=None, metadata=None, status=None),
        has_more=True,
        url="/v1/checkout/sessions",
    )

    with answering(says(first), says(answers.listed(wanted))) as (gateway, server):
        since = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
        found = gateway.find_checkout_sessions(["r-wanted", "r-a", "r-nobody"], since)

    assert {name: each.id for name, each in found.items()} == {"r-a": "cs_test_1", "r-wanted": "cs_test_3"}
    assert [request.query.get("starting_after") for request in server.requests] == [None, ["cs_test_2"]]


def test_a_session_is_looked_for_a_little_before_our_own_clock_says() -> None:
    with answering(says(answers.listed())) as (gateway, server):
        found = gateway.find_checkout_sessions(["r-7Qk2"], datetime.fromtimestamp(answers.CREATED, UTC))

    assert found == {}
    assert server.requests[0].query["created[gte]"] == [str(answers.CREATED - 300)]


def test_several_threads_may_share_one_gateway() -> None:
    with answering(says(answers.charge())) as (gateway, server), ThreadPoolExecutor(4) as pool:
        fetched = list(pool.map(lambda _: gateway.fetch(ObjectKind.CHARGE, "ch_1"), range(12)))

    assert len(set(fetched)) == 1
    assert len(server.requests) == 12
