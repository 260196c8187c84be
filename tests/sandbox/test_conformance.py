"""Whatever happens in a gift's life, every answer and every event is one that Stripe describes.

Nothing is excepted but the id that an upcoming invoice has not: the description is one release older
than the SDK's version, and no field that the sandbox answers with differs between the two.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from donations.sandbox.api.routes import ROUTES
from tests.sandbox.desk import Desk
from tests.sandbox.lives import LIVES
from tests.sandbox.reading import read_everything, read_lists
from tests.sandbox.recorder import Exchange, Recorder
from tests.stripe_description.answers import wrong_with_answer, wrong_with_event

Make = Callable[..., Desk]


@pytest.mark.parametrize("life", LIVES.values(), ids=LIVES)
def test_every_answer_and_event_of_a_life_fits_the_description(
    make_desk: Make, life: Callable[[Desk], None]
) -> None:
    recorder = Recorder()
    desk = recorder.watch(make_desk())

    life(desk)
    read_lists(desk)

    assert recorder.complaints() == []
    assert [exchange for exchange in recorder.exchanges if exchange.status >= 500] == []


def test_what_is_delivered_is_what_was_checked(make_desk: Make) -> None:
    desk = make_desk()
    desk.subscribe()
    events = {event["id"]: event for event in desk.state()["objects"]["event"]}

    delivered = [json.loads(received.body) for received in desk.receiver.wait_for(len(events))]

    assert [wrong_with_event(event) for event in delivered] == [[]] * len(events)
    assert {event["id"]: event["data"] for event in delivered} == {
        event["id"]: event["data"] for event in events.values()
    }


def test_the_lives_together_meet_every_route_and_all_that_can_be_read_fits(make_desk: Make) -> None:
    recorder = Recorder()
    desk = recorder.watch(make_desk())

    for life in LIVES.values():
        life(desk)
    read_everything(desk)

    assert recorder.complaints() == []
    assert set(ROUTES) - recorder.answered_well() == set()


def test_the_check_itself_notices_what_is_wrong(make_desk: Make) -> None:
    desk = make_desk()
    session = desk.give().to_dict()
    path = f"/v1/checkout/sessions/{session['id']}"

    assert wrong_with_answer("GET", path, 200, session) == []
    assert wrong_with_answer("GET", path, 200, {**session, "status": "finished"}) != []
    assert wrong_with_answer("GET", path, 200, {**session, "paid": True}) != []
    assert wrong_with_answer("GET", path, 200, {**session, "total_details": {"amount_discount": "0"}}) != []
    details = {**session["customer_details"], "nickname": "A"}
    assert wrong_with_answer("GET", path, 200, {**session, "customer_details": details}) != []
    assert wrong_with_answer("GET", "/v1/nothing", 200, session) != []
    assert wrong_with_answer("GET", path, 404, {"error": {"message": "No"}}) != []
    (event,) = [found for found in desk.state()["objects"]["event"] if found["type"] == "charge.succeeded"]
    broken = {**event, "data": {"object": {**event["data"]["object"], "invoice": None}}}
    assert Exchange("GET", f"http://x/v1/events/{event['id']}", 200, event).complaints() == []
    assert Exchange("GET", f"http://x/v1/events/{event['id']}", 200, broken).complaints() != []
