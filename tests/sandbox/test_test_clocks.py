"""Test clocks: a time of their own for a few customers, which only goes forward."""

from __future__ import annotations

import time
from typing import Any

import pytest
import stripe

from tests.sandbox.desk import Desk
from tests.sandbox.lives_in_time import DAY, advance, on_a_test_clock, subscription_for
from tests.sandbox.reading_events import Listener


def test_advancing_is_under_way_at_first_and_ready_when_asked_again(desk: Desk) -> None:
    clock, _ = on_a_test_clock(desk)
    clocks = desk.stripe.v1.test_helpers.test_clocks
    target = clock.frozen_time + DAY

    moving = clocks.advance(clock.id, {"frozen_time": target})
    there = clocks.retrieve(clock.id)

    assert (moving.status, moving.status_details.advancing.target_frozen_time) == ("advancing", target)
    assert (moving.frozen_time, there.frozen_time, there.status) == (clock.frozen_time, target, "ready")


@pytest.mark.parametrize("seconds", [0, -1, -DAY])
def test_a_clock_does_not_go_backwards(desk: Desk, seconds: int) -> None:
    clock, _ = on_a_test_clock(desk)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        desk.stripe.v1.test_helpers.test_clocks.advance(
            clock.id, {"frozen_time": clock.frozen_time + seconds}
        )

    assert (refused.value.http_status, refused.value.param) == (400, "frozen_time")


def test_a_clock_goes_two_intervals_at_once_and_no_further(desk: Desk) -> None:
    clock, customer = on_a_test_clock(desk)
    subscription_for(desk, customer.id)

    with pytest.raises(stripe.InvalidRequestError, match="two intervals"):
        advance(desk, clock.id, 70 * DAY)
    assert advance(desk, clock.id, 56 * DAY).status == "ready"


def test_only_what_lives_on_the_clock_grows_older(desk: Desk) -> None:
    clock, customer = on_a_test_clock(desk)
    mine = subscription_for(desk, customer.id)
    other = desk.subscribe()
    listener = Listener(desk)

    advance(desk, clock.id, 32 * DAY)

    retrieve = desk.stripe.v1.subscriptions.retrieve
    assert retrieve(mine.id)["items"].data[0].current_period_start > int(time.time()) + 20 * DAY
    invoices = desk.stripe.v1.invoices.list({"subscription": str(other.subscription)}).data
    assert len(invoices) == 1
    assert listener.types() == [
        "test_helpers.test_clock.advancing", "invoice.upcoming", "customer.subscription.updated",
        "invoice.created", "invoice.finalized", "charge.succeeded", "payment_intent.succeeded",
        "payment_intent.created", "invoice.paid", "invoice.payment_succeeded", "invoice_payment.paid",
        "test_helpers.test_clock.ready",
    ]  # fmt: skip


def test_the_sandboxs_own_clock_leaves_test_clocks_alone(desk: Desk) -> None:
    clock, customer = on_a_test_clock(desk)
    subscription = subscription_for(desk, customer.id)

    desk.control("clock", days=40)

    assert desk.stripe.v1.test_helpers.test_clocks.retrieve(clock.id).frozen_time == clock.frozen_time
    assert len(desk.stripe.v1.invoices.list({"subscription": subscription.id}).data) == 1


def test_events_keep_real_time_while_their_objects_live_in_the_future(desk: Desk) -> None:
    clock, customer = on_a_test_clock(desk)
    subscription_for(desk, customer.id)

    advance(desk, clock.id, 32 * DAY)

    (event,) = desk.stripe.v1.events.list({"type": "invoice.finalized", "limit": 1}).data
    assert event.created <= int(time.time())
    assert event.data.object["created"] > int(time.time()) + 20 * DAY
    assert event.request.id is None


def test_a_clock_holds_three_customers(desk: Desk) -> None:
    clock, _ = on_a_test_clock(desk)
    create = desk.stripe.v1.customers.create
    for _ in range(2):
        create({"test_clock": clock.id})

    with pytest.raises(stripe.InvalidRequestError, match="limit of 3 customers"):
        create({"test_clock": clock.id})


def test_a_deleted_clock_takes_its_customers_with_it(desk: Desk) -> None:
    clock, customer = on_a_test_clock(desk)
    subscription = subscription_for(desk, customer.id)
    v1 = desk.stripe.v1

    deleted = v1.test_helpers.test_clocks.delete(clock.id)

    assert deleted.deleted is True
    assert v1.customers.retrieve(customer.id).deleted is True
    assert v1.subscriptions.retrieve(subscription.id).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError) as gone:
        v1.test_helpers.test_clocks.retrieve(clock.id)
    assert gone.value.code == "resource_missing"


def test_what_lives_on_a_clock_is_listed_only_for_those_who_ask_for_it(desk: Desk) -> None:
    clock, customer = on_a_test_clock(desk)
    subscription = subscription_for(desk, customer.id)
    everyday = desk.subscribe()
    by = desk.stripe.v1.subscriptions.list

    found: list[Any] = [by(), by({"test_clock": clock.id}), by({"customer": customer.id})]

    assert [[one.id for one in page.data] for page in found] == [
        [everyday.subscription], [subscription.id], [subscription.id],
    ]  # fmt: skip
