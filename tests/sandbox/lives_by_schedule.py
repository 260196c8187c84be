"""Lives that are planned ahead: what subscription schedules bring about, for the proofs over all lives."""

from __future__ import annotations

from typing import Any

import stripe

from tests.sandbox.desk import Desk
from tests.sandbox.lives_in_time import DAY, advance, on_a_test_clock, subscription_for

NO_PRORATION = "none"


def scheduled(desk: Desk, subscription: str) -> stripe.SubscriptionSchedule:
    return desk.stripe.v1.subscription_schedules.create({"from_subscription": subscription})


def running(schedule: stripe.SubscriptionSchedule) -> dict[str, Any]:
    """The phase that runs, as an update wants it back."""
    phase = schedule.phases[-1]
    return {
        "items": [{"price": item.price, "quantity": item.quantity} for item in phase["items"]],
        "start_date": phase.start_date,
        "end_date": phase.end_date,
    }


def phase_of(desk: Desk, subscription: str, amount: int, interval: str, **more: Any) -> dict[str, Any]:
    item = desk.stripe.v1.subscriptions.retrieve(subscription)["items"].data[0]
    price = {
        "currency": "eur",
        "unit_amount": amount,
        "product": item.price.product,
        "recurring": {"interval": interval},
    }
    items = [{"price_data": price, "quantity": 1}]
    return {"items": items, "proration_behavior": NO_PRORATION, **more}


def planned(desk: Desk, subscription: str, *phases: dict[str, Any], **more: Any) -> Any:
    """A schedule of the running period and the phases after it."""
    schedule = scheduled(desk, subscription)
    wanted: Any = {"phases": [running(schedule), *phases], **more}
    return desk.stripe.v1.subscription_schedules.update(schedule.id, wanted)


def switched_to_annual(desk: Desk) -> None:
    clock, customer = on_a_test_clock(desk)
    subscription = subscription_for(desk, customer.id).id
    planned(desk, subscription, phase_of(desk, subscription, 10_000, "year", metadata={"a": "b"}))
    for days in (32, 30, 330):
        advance(desk, clock.id, days * DAY)


def scheduled_and_let_go_or_ended(desk: Desk) -> None:
    schedules = desk.stripe.v1.subscription_schedules
    for ending in ("release", "cancel", "plan"):
        subscription = str(desk.subscribe().subscription)
        month = phase_of(desk, subscription, 2000, "month", duration={"interval": "month"})
        schedule = planned(desk, subscription, month, end_behavior="cancel", metadata={"a": "b"}).id
        if ending == "release":
            schedules.release(schedule)
        elif ending == "cancel":
            schedules.cancel(schedule, {"invoice_now": False, "prorate": False})
    desk.control("clock", days=65)
    schedules.list({"scheduled": False})


LIVES_BY_SCHEDULE = (switched_to_annual, scheduled_and_let_go_or_ended)
