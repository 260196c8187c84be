"""Webhooks: signed over the exact bytes, tried again with a new time, and breakable on request."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import stripe
import time_machine

from donations.sandbox.server import SandboxServer
from donations.sandbox.settings import Settings
from tests.sandbox.desk import Desk
from tests.sandbox.receiver import SECRET, Received, Receiver
from tests.sandbox.test_events_in_order import ONE_TIME


def types(received: list[Received]) -> list[str]:
    return [delivery.event().type for delivery in received]


def test_every_event_is_delivered_signed_and_in_order(desk: Desk) -> None:
    desk.give()

    received = desk.receiver.wait_for(5)

    assert types(received) == ONE_TIME
    assert {delivery.content_type for delivery in received} == {"application/json; charset=utf-8"}
    assert all(abs(delivery.timestamp - time.time()) < 60 for delivery in received)


def test_a_changed_byte_breaks_the_signature(desk: Desk) -> None:
    desk.give()
    delivery = desk.receiver.wait_for(1)[0]

    try:
        stripe.Webhook.construct_event(
            delivery.body.replace(b'"livemode": false', b'"livemode": true '), delivery.signature, SECRET
        )
    except stripe.SignatureVerificationError:
        refused = True
    else:
        refused = False

    assert refused
    assert delivery.event().livemode is False


def test_a_delivered_event_is_the_one_that_the_api_gives(desk: Desk) -> None:
    desk.give()
    delivered = json.loads(desk.receiver.wait_for(5)[0].body)
    wait_until(desk, lambda: all(found["state"] == "delivered" for found in desk.state()["deliveries"]))

    fetched = desk.http.get(f"{desk.server.base_url}/v1/events/{delivered['id']}").json()

    assert (delivered["pending_webhooks"], fetched["pending_webhooks"]) == (1, 0)
    assert {**delivered, "pending_webhooks": 0} == fetched


def test_a_failed_delivery_is_tried_again_with_a_fresh_time(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(retry_delays=(1.1, 0.1))
    desk.receiver.answers = [500, 302]

    desk.stripe.v1.checkout.sessions.expire(desk.open().id)

    first, second, third = desk.receiver.wait_for(3)
    assert first.body == second.body == third.body
    assert first.timestamp < second.timestamp
    assert first.signature != second.signature
    assert first.event().id == third.event().id


def test_a_delivery_is_given_up_after_the_last_try_and_can_be_resent(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(retry_delays=(0.05,))
    desk.receiver.answers = [500, 500]
    desk.stripe.v1.checkout.sessions.expire(desk.open().id)
    wait_until(desk, lambda: desk.state()["deliveries"][0]["state"] == "given_up")

    event = desk.stripe.v1.events.list().data[0]
    desk.control("deliveries/resend", event=event.id)

    assert desk.receiver.wait_for(3)[2].event().id == event.id


def test_events_wait_for_a_receiver_that_starts_late(tmp_path: Path, make_desk: Callable[..., Desk]) -> None:
    with Receiver() as gone:
        url = gone.url
    desk = make_desk(webhook_url=url, retry_delays=(3600,))
    desk.give()
    wait_until(desk, lambda: {found["attempts"] for found in desk.state()["deliveries"]} == {1})
    desk.server.stop()

    with Receiver() as late, time_machine.travel(time.time() + 3601, tick=True):
        settings = Settings(tmp_path, port=0, webhook_url=late.url, webhook_secret=SECRET)
        with SandboxServer(settings):
            received = late.wait_for(5)

        assert types(received) == ONE_TIME


def test_dropped_events_stay_in_the_list(desk: Desk) -> None:
    desk.control("deliveries", mode="drop")
    desk.give()
    desk.control("deliveries", mode="normal")
    desk.stripe.v1.checkout.sessions.expire(desk.open().id)

    received = desk.receiver.wait_for(1)

    assert types(received) == ["checkout.session.expired"]
    assert desk.event_types() == [*ONE_TIME, "checkout.session.expired"]


def test_held_events_come_when_flushed_reversed_and_twice(desk: Desk) -> None:
    desk.control("deliveries", mode="hold")
    desk.give()
    assert desk.receiver.received == []

    released = desk.control("deliveries/flush", order="reversed", duplicate=True)["released"]

    assert released == 10
    assert types(desk.receiver.wait_for(10)) == ONE_TIME[::-1] * 2


def test_a_shuffle_is_repeatable_by_its_seed(desk: Desk) -> None:
    desk.control("deliveries", mode="hold")
    for _ in range(2):
        desk.give()
        desk.control("deliveries/flush", order="shuffled", seed=7)

    order = types(desk.receiver.wait_for(10))

    assert order[:5] == order[5:]
    assert order[:5] != ONE_TIME


def test_types_can_be_dropped_by_name(desk: Desk) -> None:
    desk.control("deliveries", mode="drop", types=["charge.*", "payment_intent.created"])

    desk.give()

    assert types(desk.receiver.wait_for(2)) == ["payment_intent.succeeded", "checkout.session.completed"]
    assert {found["state"] for found in desk.state()["deliveries"]} >= {"dropped"}


def test_a_share_is_dropped_the_same_way_by_the_same_seed(desk: Desk) -> None:
    fates: list[list[str]] = []
    for seed in (5, 5, 6):
        before = len(desk.state()["deliveries"])
        desk.control("deliveries", mode="drop", share=0.5, seed=seed)
        for _ in range(3):
            desk.give()
        fates.append([found["state"] for found in desk.state()["deliveries"][before:]])

    dropped = [[state == "dropped" for state in fate] for fate in fates]

    assert dropped[0] == dropped[1] != dropped[2]
    assert 0 < sum(dropped[0]) < len(dropped[0])


def test_duplicates_are_the_same_event_twice(desk: Desk) -> None:
    desk.control("deliveries", duplicate=1)

    desk.give()

    received = desk.receiver.wait_for(10)
    assert types(received) == [type for type in ONE_TIME for _ in range(2)]
    assert len({delivery.event().id for delivery in received}) == 5


def test_what_happens_at_once_is_reordered_by_the_seed(desk: Desk) -> None:
    orders: list[list[str]] = []
    for seed in (4, 4, 9):
        desk.control("deliveries", reorder=10, seed=seed)
        before = len(desk.receiver.received)
        desk.give()
        orders.append(types(desk.receiver.wait_for(before + 5)[before:]))

    assert orders[0] == orders[1] != orders[2]
    assert sorted(orders[0]) == sorted(ONE_TIME)
    assert orders[0] != ONE_TIME


def test_a_delay_lets_others_go_first(desk: Desk) -> None:
    desk.control("deliveries", delay=0.5, types=["charge.*"])

    desk.give()

    assert types(desk.receiver.wait_for(5)) == [
        "payment_intent.succeeded", "payment_intent.created", "checkout.session.completed",
        "charge.succeeded", "charge.updated",
    ]  # fmt: skip


def test_a_plan_of_deliveries_ends_when_it_is_normal_again(desk: Desk) -> None:
    desk.control("deliveries", mode="drop", share=0.5, seed=1, duplicate=1, types=["charge.*"])

    plan = desk.control("deliveries", mode="normal")
    desk.give()

    assert plan == {
        "mode": "normal", "types": [], "share": 1.0, "seed": 0, "delay": 0.0, "duplicate": 0.0, "reorder": 0,
        "met": 0,
    }  # fmt: skip
    assert types(desk.receiver.wait_for(5)) == ONE_TIME


def test_the_mode_outlives_a_restart(desk: Desk, tmp_path: Path) -> None:
    desk.control("deliveries", mode="hold")
    desk.server.stop()

    with SandboxServer(Settings(tmp_path, port=0)) as again:
        assert desk.http.get(f"{again.base_url}/_sandbox/state").json()["delivery_mode"] == "hold"


def test_thin_events_point_to_what_can_be_fetched(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(thin=True)
    session = desk.open()
    desk.stripe.v1.checkout.sessions.expire(session.id)
    delivery = desk.receiver.wait_for(1)[0]

    notice: Any = desk.stripe.parse_event_notification(delivery.body, delivery.signature, SECRET)

    assert notice.type == "v1.checkout.session.expired"
    assert (notice.related_object.id, notice.related_object.type) == (session.id, "checkout.session")
    assert "data" not in json.loads(delivery.body)
    assert notice.fetch_related_object().status == "expired"
    assert notice.fetch_event().snapshot_event == desk.stripe.v1.events.list().data[0].id
    assert notice.reason.request.id.startswith("req_")


def wait_until(desk: Desk, is_true: Callable[[], bool]) -> None:
    """Deliveries are recorded just after the receiver has answered."""
    deadline = time.monotonic() + 20
    while not is_true():
        assert time.monotonic() < deadline, desk.state()["deliveries"]
        time.sleep(0.02)
