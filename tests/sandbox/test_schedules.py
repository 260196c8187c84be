"""Subscription schedules: another gift from the next date on, planned, let go, and at its end."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.sandbox.desk import Desk
from tests.sandbox.lives_by_schedule import phase_of, planned, running, scheduled
from tests.sandbox.lives_in_time import DAY, advance, on_a_test_clock, subscription_for


@pytest.fixture
def monthly(desk: Desk) -> tuple[str, stripe.Subscription]:
    """A test clock, and by it a gift of 10 euros a month that began today."""
    clock, customer = on_a_test_clock(desk)
    return clock.id, subscription_for(desk, customer.id)


def again(desk: Desk, subscription: stripe.Subscription) -> Any:
    return desk.stripe.v1.subscriptions.retrieve(subscription.id)


def charged(desk: Desk, subscription: stripe.Subscription) -> list[int]:
    """What was charged, the newest first."""
    charges = desk.stripe.v1.charges.list({"customer": str(subscription.customer)}).data
    return [charge.amount for charge in charges]


def end_of(subscription: Any) -> int:
    return subscription["items"].data[0].current_period_end


def annual(desk: Desk, subscription: stripe.Subscription, **more: Any) -> dict[str, Any]:
    return phase_of(desk, subscription.id, 10_000, "year", **more)


def test_a_schedule_begins_as_the_period_that_runs(
    desk: Desk, monthly: tuple[str, stripe.Subscription]
) -> None:
    _, subscription = monthly

    schedule = scheduled(desk, subscription.id)

    item = subscription["items"].data[0]
    (phase,) = schedule.phases
    assert (schedule.status, schedule.end_behavior) == ("active", "release")
    assert (phase.start_date, phase.end_date) == (item.current_period_start, item.current_period_end)
    assert schedule.current_phase is not None
    assert (schedule.current_phase.start_date, phase["items"][0].price) == (phase.start_date, item.price.id)
    assert again(desk, subscription).schedule == schedule.id


def test_monthly_turns_annual_at_the_next_date_with_one_charge(
    desk: Desk, monthly: tuple[str, stripe.Subscription]
) -> None:
    clock, subscription = monthly
    turns_at = end_of(subscription)

    schedule = planned(desk, subscription.id, annual(desk, subscription, metadata={"rhythm": "annual"}))
    at_once = charged(desk, subscription)
    advance(desk, clock, 32 * DAY)
    after = again(desk, subscription)
    running_schedule = desk.stripe.v1.subscription_schedules.retrieve(schedule.id)

    assert at_once == [1000]
    assert charged(desk, subscription) == [10_000, 1000]
    item = after["items"].data[0]
    assert (after.billing_cycle_anchor, item.current_period_start) == (turns_at, turns_at)
    assert item.current_period_end - turns_at == pytest.approx(365 * DAY, abs=DAY)
    assert (item.price.unit_amount, after.metadata.to_dict()) == (10_000, {"rhythm": "annual"})
    assert running_schedule.current_phase is not None
    assert running_schedule.current_phase.start_date == turns_at
    assert end_of(after) == schedule.phases[-1].end_date


def test_the_change_is_told_with_the_new_period(desk: Desk, monthly: tuple[str, stripe.Subscription]) -> None:
    clock, subscription = monthly
    planned(desk, subscription.id, annual(desk, subscription))
    before = len(desk.event_types())

    advance(desk, clock, 32 * DAY)

    told = desk.event_types(after=before)
    assert [
        type for type in told if type.startswith(("customer.subscription.", "subscription_schedule."))
    ] == [
        "subscription_schedule.updated",
        "customer.subscription.updated",
    ]
    upcoming = desk.stripe.v1.events.list({"type": "invoice.upcoming"}).data
    assert upcoming[0].data.object["amount_due"] == 10_000


def test_without_a_test_clock_time_or_a_renewal_by_hand_turns_it_too(desk: Desk) -> None:
    for control in ({"path": "clock", "days": 32}, {"path": "renew"}):
        subscription = desk.stripe.v1.subscriptions.retrieve(str(desk.subscribe().subscription))
        turns_at = end_of(subscription)
        planned(desk, subscription.id, annual(desk, subscription))

        path = str(control.pop("path"))
        desk.control(path, **(control or {"subscription": subscription.id}))

        item = again(desk, subscription)["items"].data[0]
        assert (item.current_period_start, item.price.recurring.interval) == (turns_at, "year")
        assert charged(desk, subscription) == [10_000, 1000]


def test_released_before_it_happens_it_changes_nothing(
    desk: Desk, monthly: tuple[str, stripe.Subscription]
) -> None:
    clock, subscription = monthly
    schedule = planned(desk, subscription.id, annual(desk, subscription))

    released = desk.stripe.v1.subscription_schedules.release(schedule.id)
    advance(desk, clock, 32 * DAY)

    assert (released.status, released.subscription) == ("released", None)
    assert released.released_subscription == subscription.id
    assert (released.released_at, released.current_phase) == (released.created, None)
    assert again(desk, subscription).schedule is None
    assert charged(desk, subscription) == [1000, 1000]


def test_canceled_it_takes_the_subscription_with_it(
    desk: Desk, monthly: tuple[str, stripe.Subscription]
) -> None:
    clock, subscription = monthly
    schedule = planned(desk, subscription.id, annual(desk, subscription))

    canceled = desk.stripe.v1.subscription_schedules.cancel(
        schedule.id, {"invoice_now": False, "prorate": False}
    )
    advance(desk, clock, 32 * DAY)

    assert (canceled.status, canceled.canceled_at) == ("canceled", canceled.created)
    assert again(desk, subscription).status == "canceled"
    assert charged(desk, subscription) == [1000]
    assert "subscription_schedule.canceled" in desk.event_types()


def test_a_subscription_canceled_by_itself_takes_its_schedule_with_it(
    desk: Desk, monthly: tuple[str, stripe.Subscription]
) -> None:
    _, subscription = monthly
    schedule = scheduled(desk, subscription.id)

    desk.stripe.v1.subscriptions.cancel(subscription.id)

    assert desk.stripe.v1.subscription_schedules.retrieve(schedule.id).status == "canceled"


@pytest.mark.parametrize(
    ("end_behavior", "status", "charges"),
    [("release", "active", [2000, 2000, 1000]), ("cancel", "canceled", [2000, 1000])],
)
def test_after_its_last_phase_it_is_complete(
    desk: Desk,
    monthly: tuple[str, stripe.Subscription],
    end_behavior: str,
    status: str,
    charges: list[int],
) -> None:
    clock, subscription = monthly
    month = phase_of(desk, subscription.id, 2000, "month", duration={"interval": "month"})

    schedule = planned(desk, subscription.id, month, end_behavior=end_behavior)
    ends_at = again(desk, subscription).cancel_at
    advance(desk, clock, 32 * DAY)
    advance(desk, clock, 33 * DAY)

    assert ends_at == (schedule.phases[-1].end_date if end_behavior == "cancel" else None)
    assert charged(desk, subscription) == charges
    assert again(desk, subscription).status == status
    done = desk.stripe.v1.subscription_schedules.retrieve(schedule.id)
    assert (done.status, done.completed_at) == ("completed", schedule.phases[-1].end_date)
    assert desk.event_types().count("subscription_schedule.completed") == 1


def test_in_the_middle_of_a_period_a_price_waits_for_the_next_bill_and_a_rhythm_does_not(desk: Desk) -> None:
    for interval, charges in (("month", [1000]), ("year", [10_000, 1000])):
        clock, customer = on_a_test_clock(desk)
        subscription = subscription_for(desk, customer.id)
        schedule = scheduled(desk, subscription.id)
        turns_at = schedule.phases[0].start_date + 10 * DAY
        phases = [
            {**running(schedule), "end_date": turns_at},
            phase_of(desk, subscription.id, 10_000, interval),
        ]

        desk.stripe.v1.subscription_schedules.update(schedule.id, {"phases": phases})  # pyright: ignore[reportArgumentType]
        advance(desk, clock.id, 12 * DAY)

        assert again(desk, subscription)["items"].data[0].price.unit_amount == 10_000
        assert charged(desk, subscription) == charges
