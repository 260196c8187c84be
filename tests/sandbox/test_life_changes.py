"""Another amount or another rhythm in the middle of a period, and what is made of the difference."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.sandbox.desk import Desk
from tests.sandbox.lives_in_time import DAY, advance, on_a_test_clock, subscription_for


@pytest.fixture
def halfway(desk: Desk) -> tuple[str, stripe.Subscription]:
    """A gift of 10 euros a month whose first month of 30 or 31 days is 15 days old."""
    clock, customer = on_a_test_clock(desk)
    subscription = subscription_for(desk, customer.id)
    advance(desk, clock.id, 15 * DAY)
    return clock.id, desk.stripe.v1.subscriptions.retrieve(subscription.id)


def change(
    desk: Desk, subscription: stripe.Subscription, amount: int, interval: str = "month", **more: Any
) -> Any:
    item = subscription["items"].data[0]
    price = {
        "currency": "eur",
        "unit_amount": amount,
        "product": item.price.product,
        "recurring": {"interval": interval},
    }
    return desk.stripe.v1.subscriptions.update(
        subscription.id,
        {"items": [{"id": item.id, "price_data": price}], "expand": ["latest_invoice"], **more},  # pyright: ignore[reportArgumentType]
    )


def renewed(desk: Desk, clock: str, subscription: stripe.Subscription) -> Any:
    advance(desk, clock, 17 * DAY)
    return desk.stripe.v1.subscriptions.retrieve(
        subscription.id, {"expand": ["latest_invoice"]}
    ).latest_invoice


def test_without_prorations_the_new_amount_is_charged_from_the_next_period(
    desk: Desk, halfway: tuple[str, stripe.Subscription]
) -> None:
    clock, subscription = halfway

    changed = change(desk, subscription, 2500, proration_behavior="none")

    assert changed.latest_invoice.billing_reason == "subscription_create"
    assert renewed(desk, clock, subscription).amount_paid == 2500


def test_by_default_the_difference_waits_for_the_next_invoice(
    desk: Desk, halfway: tuple[str, stripe.Subscription]
) -> None:
    clock, subscription = halfway

    changed = change(desk, subscription, 3000)
    invoice = renewed(desk, clock, subscription)

    assert changed.latest_invoice.billing_reason == "subscription_create"
    amounts = [line.amount for line in invoice.lines.data]
    assert (amounts[0] < 0 < amounts[1], amounts[2]) == (True, 3000)
    assert invoice.amount_paid == sum(amounts) == pytest.approx(4000, abs=70)


def test_the_difference_may_be_charged_at_once(desk: Desk, halfway: tuple[str, stripe.Subscription]) -> None:
    clock, subscription = halfway

    changed = change(desk, subscription, 3000, proration_behavior="always_invoice")

    invoice = changed.latest_invoice
    assert (invoice.billing_reason, invoice.status) == ("subscription_update", "paid")
    assert invoice.amount_paid == pytest.approx(1000, abs=70)
    assert renewed(desk, clock, subscription).amount_paid == 3000


def test_what_was_paid_too_much_is_a_credit_that_the_next_invoice_uses_up(
    desk: Desk, halfway: tuple[str, stripe.Subscription]
) -> None:
    clock, subscription = halfway
    customers = desk.stripe.v1.customers

    changed = change(desk, subscription, 400, proration_behavior="always_invoice")
    credit = customers.retrieve(str(subscription.customer)).balance
    invoice = renewed(desk, clock, subscription)

    assert changed.latest_invoice.total == credit
    assert credit == pytest.approx(-300, abs=25)
    assert (invoice.starting_balance, invoice.total, invoice.amount_paid) == (credit, 400, 400 + credit)
    assert customers.retrieve(str(subscription.customer)).balance == 0


def test_another_rhythm_begins_today_and_is_paid_today(
    desk: Desk, halfway: tuple[str, stripe.Subscription]
) -> None:
    clock, subscription = halfway
    now = desk.stripe.v1.test_helpers.test_clocks.retrieve(clock).frozen_time

    changed = change(desk, subscription, 10_000, "year", proration_behavior="none")

    assert changed.latest_invoice.amount_paid == 10_000
    item = changed["items"].data[0]
    assert (changed.billing_cycle_anchor, item.current_period_start) == (now, now)
    assert item.current_period_end - now == pytest.approx(365 * DAY, abs=DAY)


def test_a_trial_cut_short_is_charged_at_once(desk: Desk) -> None:
    _, customer = on_a_test_clock(desk)
    subscription = subscription_for(desk, customer.id, trial_period_days=30)

    changed = desk.stripe.v1.subscriptions.update(
        subscription.id, {"trial_end": "now", "expand": ["latest_invoice"]}
    )

    assert (subscription.status, changed.status) == ("trialing", "active")
    assert (changed.latest_invoice.status, changed.latest_invoice.amount_paid) == ("paid", 1000)
