"""The sandbox's deliveries, signed and shaped without our code, are read by ours."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from donations.gateway.client import StripeGateway
from donations.gateway.errors import BadSignature
from donations.gateway.kinds import ObjectKind
from donations.gateway.notices import Notice, read_notice
from donations.sandbox.server import SandboxServer
from donations.sandbox.settings import Settings
from tests.gateway.giving import paid
from tests.gateway.raw_server import RawServer, Request, says

SECRET = "whsec_of_the_test"
LIFE = ("charge.succeeded", "payment_intent.succeeded", "checkout.session.completed")


@pytest.fixture(params=[False, True], ids=["snapshot", "thin"])
def is_thin(request: pytest.FixtureRequest) -> bool:
    return request.param


@pytest.fixture
def deliveries(is_thin: bool, tmp_path: Path) -> Iterator[list[Request]]:
    """What came to our address while a reader gave once."""
    with RawServer(says({})) as ours:
        settings = Settings(tmp_path, ours.base_url, SECRET, is_thin, port=0)
        with SandboxServer(settings) as sandbox:
            paid(StripeGateway("sk_test_sandbox", sandbox.base_url), "r-webhooks")
            _wait_for(ours, LIFE)
        yield ours.requests


def test_every_delivery_is_a_notice_of_an_object_to_look_at(deliveries: list[Request], is_thin: bool) -> None:
    notices = [read(delivery) for delivery in deliveries]

    about = {notice.kind for notice in notices}
    assert {ObjectKind.CHECKOUT_SESSION, ObjectKind.PAYMENT_INTENT, ObjectKind.CHARGE} <= about
    assert {notice.is_thin for notice in notices} == {is_thin}
    assert not any(notice.is_livemode for notice in notices)
    assert all(notice.created_at for notice in notices)


def test_a_delivery_with_a_byte_changed_is_refused(deliveries: list[Request]) -> None:
    delivery = deliveries[0]
    signature = delivery.headers["stripe-signature"]

    with pytest.raises(BadSignature):
        read_notice(delivery.body.encode() + b" ", signature, [SECRET], datetime.now(UTC))


def read(delivery: Request) -> Notice:
    signature = delivery.headers["stripe-signature"]
    return read_notice(delivery.body.encode(), signature, ["whsec_old", SECRET], datetime.now(UTC))


def _wait_for(server: RawServer, event_types: tuple[str, ...]) -> None:
    for _ in range(400):
        came = "".join(request.body for request in list(server.requests))
        if all(event_type in came for event_type in event_types):
            return
        time.sleep(0.05)
    raise AssertionError(f"not all of {event_types} came")
