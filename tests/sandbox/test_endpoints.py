"""Webhook endpoints: several at once, each with its types, its body and its own secret."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import stripe

from tests.sandbox.described import complaints
from tests.sandbox.desk import Desk
from tests.sandbox.receiver import Receiver
from tests.sandbox.test_deliveries import types, wait_until


@pytest.fixture
def second() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def create(desk: Desk, url: str, *enabled: str, **more: Any) -> stripe.WebhookEndpoint:
    wanted: Any = {"url": url, "enabled_events": list(enabled or ("*",)), **more}
    return desk.stripe.v1.webhook_endpoints.create(wanted)


def test_the_endpoint_of_the_command_line_is_one_of_them(desk: Desk) -> None:
    (only,) = desk.stripe.v1.webhook_endpoints.list().data

    assert (only.url, only.status, only.enabled_events) == (desk.receiver.url, "enabled", ["*"])
    assert "secret" not in only
    assert complaints(only.to_dict()) == []


def test_a_secret_is_told_once(desk: Desk, second: Receiver) -> None:
    made = create(desk, second.url, description="Second", metadata={"a": "b"})

    found = desk.stripe.v1.webhook_endpoints.retrieve(made.id)

    assert str(made.secret).startswith("whsec_")
    assert made.to_dict() == {**found.to_dict(), "secret": made.secret}
    assert complaints(made.to_dict()) == []


def test_each_endpoint_gets_its_types_signed_with_its_own_secret(desk: Desk, second: Receiver) -> None:
    made = create(desk, second.url, "charge.succeeded", "checkout.session.completed")

    desk.give()

    (charge, session) = second.wait_for(2)
    assert len(desk.receiver.wait_for(5)) == 5
    events = [
        stripe.Webhook.construct_event(got.body, got.signature, str(made.secret)) for got in (charge, session)
    ]
    assert [event.type for event in events] == ["charge.succeeded", "checkout.session.completed"]
    with pytest.raises(stripe.SignatureVerificationError):
        charge.event()


def test_an_event_waits_for_as_many_answers_as_it_has_endpoints(desk: Desk, second: Receiver) -> None:
    create(desk, second.url, "checkout.session.expired")
    second.answers = [500]

    desk.stripe.v1.checkout.sessions.expire(desk.open().id)

    second.wait_for(1)
    event = desk.stripe.v1.events.list().data[0]
    wait_until(desk, lambda: desk.stripe.v1.events.retrieve(event.id).pending_webhooks == 1)
    assert json.loads(second.received[0].body)["pending_webhooks"] == 2


def test_a_disabled_endpoint_gets_nothing_until_it_is_enabled(desk: Desk, second: Receiver) -> None:
    made = create(desk, second.url)
    off = desk.stripe.v1.webhook_endpoints.update(made.id, {"disabled": True})
    desk.stripe.v1.checkout.sessions.expire(desk.open().id)
    desk.receiver.wait_for(1)

    on = desk.stripe.v1.webhook_endpoints.update(made.id, {"disabled": False})
    desk.give()

    assert (off.status, on.status) == ("disabled", "enabled")
    received = second.wait_for(5)
    assert "checkout.session.expired" not in [json.loads(got.body)["type"] for got in received]


def test_a_deleted_endpoint_is_gone_and_what_waited_for_it_is_given_up(
    make_desk: Callable[..., Desk], second: Receiver
) -> None:
    desk = make_desk(retry_delays=(3600,))
    made = create(desk, second.url)
    second.answers = [500]
    desk.stripe.v1.checkout.sessions.expire(desk.open().id)
    second.wait_for(1)
    wait_until(desk, lambda: {found["attempts"] for found in desk.state()["deliveries"]} == {1})

    gone = desk.stripe.v1.webhook_endpoints.delete(made.id)

    assert gone.to_dict() == {"id": made.id, "object": "webhook_endpoint", "deleted": True}
    with pytest.raises(stripe.InvalidRequestError, match="No such webhook endpoint"):
        desk.stripe.v1.webhook_endpoints.retrieve(made.id)
    assert {found["state"] for found in desk.state()["deliveries"]} == {"delivered", "given_up"}


def test_an_endpoint_names_the_version_that_it_was_made_for(desk: Desk, second: Receiver) -> None:
    made = create(desk, second.url, api_version="2026-08-26.dahlia")

    desk.stripe.v1.checkout.sessions.expire(desk.open().id)

    assert made.api_version == "2026-08-26.dahlia"
    assert json.loads(second.wait_for(1)[0].body)["api_version"] == "2026-08-26.dahlia"
    assert json.loads(desk.receiver.wait_for(1)[0].body)["api_version"] == "2026-10-28.endive"


def test_thin_and_snapshot_endpoints_stand_side_by_side(desk: Desk, second: Receiver) -> None:
    made = desk.control("endpoints", url=second.url, thin=True, enabled_events=["checkout.session.expired"])

    desk.stripe.v1.checkout.sessions.expire(desk.open().id)

    delivery = second.wait_for(1)[0]
    notice: Any = desk.stripe.parse_event_notification(delivery.body, delivery.signature, made["secret"])
    assert notice.type == "v1.checkout.session.expired"
    assert types(desk.receiver.wait_for(1)) == ["checkout.session.expired"]


def test_a_hanging_endpoint_does_not_hold_up_another(desk: Desk, second: Receiver) -> None:
    create(desk, second.url)
    second.silence.clear()

    desk.give()

    assert len(desk.receiver.wait_for(5)) == 5
    assert second.received == []
    second.silence.set()
    assert len(second.wait_for(5)) == 5


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"url": "nowhere"}, "url"),
        ({"url": "ftp://127.0.0.1/"}, "url"),
        ({"url": "http://[::1/"}, "url"),
        ({"enabled_events": ["charge.suceeded"]}, "enabled_events[0]"),
        ({"enabled_events": ["*", "charge.succeeded"]}, "enabled_events"),
        ({"api_version": "2011-01-01"}, "api_version"),
        ({"secret": "whsec_mine"}, "secret"),
    ],
)
def test_a_wrong_endpoint_is_refused(desk: Desk, changes: dict[str, Any], param: str) -> None:
    wanted: Any = {"url": "http://127.0.0.1:9/", "enabled_events": ["*"], **changes}

    with pytest.raises(stripe.InvalidRequestError) as caught:
        desk.stripe.v1.webhook_endpoints.create(wanted)

    assert caught.value.param == param


def test_there_are_at_most_sixteen(desk: Desk) -> None:
    for _ in range(15):
        create(desk, "http://127.0.0.1:9/")

    with pytest.raises(stripe.InvalidRequestError, match="maximum of 16"):
        create(desk, "http://127.0.0.1:9/")
