"""What a subscription schedule refuses, and how schedules are listed."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.sandbox.desk import Desk
from tests.sandbox.lives_by_schedule import phase_of, planned, scheduled
from tests.sandbox.lives_in_time import on_a_test_clock, subscription_for


@pytest.fixture
def subscription(desk: Desk) -> stripe.Subscription:
    """A gift of 10 euros a month that began today."""
    _, customer = on_a_test_clock(desk)
    return subscription_for(desk, customer.id)


def test_while_it_is_scheduled_its_end_and_price_are_not_changed_directly(
    desk: Desk, subscription: stripe.Subscription
) -> None:
    schedule = scheduled(desk, subscription.id)
    v1 = desk.stripe.v1

    with pytest.raises(
        stripe.InvalidRequestError, match=f"managed by the subscription schedule `{schedule.id}`"
    ):
        v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    with pytest.raises(stripe.InvalidRequestError, match="already attached to a schedule"):
        scheduled(desk, subscription.id)
    v1.subscription_schedules.release(schedule.id)

    assert v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True}).cancel_at
    with pytest.raises(stripe.InvalidRequestError, match="currently in the `released` status"):
        v1.subscription_schedules.cancel(schedule.id, {"invoice_now": False, "prorate": False})


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"start_date": 5}, "phases[1][start_date]"),
        ({"end_date": 5}, "phases[1][end_date]"),
        ({"end_date": 9_000_000_000_000}, "phases[1][end_date]"),
        ({"duration": {"interval": "year", "interval_count": 99}}, "phases[1][duration][interval_count]"),
        ({"duration": {"interval": "year"}, "end_date": 5}, "phases[1]"),
        ({"proration_behavior": "always_invoice"}, "phases[1][proration_behavior]"),
        ({"trial": True}, "phases[1][trial]"),
        ({"items": [{"quantity": 1}]}, "phases[1][items][0][price]"),
    ],
)
def test_a_phase_that_cannot_be_is_refused(
    desk: Desk, subscription: stripe.Subscription, changes: dict[str, Any], param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        planned(desk, subscription.id, {**phase_of(desk, subscription.id, 10_000, "year"), **changes})

    assert refused.value.param == param  # pyright: ignore[reportUnknownMemberType]


def test_a_schedule_of_its_own_without_a_subscription_is_refused_in_words(desk: Desk) -> None:
    customer = desk.stripe.v1.customers.create({"email": "reader@example.org"})

    with pytest.raises(stripe.InvalidRequestError, match="The sandbox does not do `customer`"):
        desk.stripe.v1.subscription_schedules.create({"customer": customer.id})


def test_schedules_are_listed_by_customer_and_by_what_became_of_them(desk: Desk) -> None:
    made: list[stripe.SubscriptionSchedule] = []
    for _ in range(2):
        made.append(scheduled(desk, str(desk.subscribe().subscription)))
    schedules = desk.stripe.v1.subscription_schedules
    released = schedules.release(made[0].id)
    at: Any = {"released_at": {"gte": released.released_at}}

    assert [found.id for found in schedules.list({"limit": 1, "starting_after": made[1].id}).data] == [
        made[0].id
    ]
    assert [found.id for found in schedules.list({"customer": str(made[1].customer)}).data] == [made[1].id]
    assert [found.id for found in schedules.list(at).data] == [made[0].id]
    assert schedules.list({"scheduled": True}).data == []
