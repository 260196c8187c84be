"""Another rhythm from the next date on: the change comes with a trial until then, and costs nothing now."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.sandbox import desk as cards
from tests.sandbox.desk import Desk
from tests.sandbox.lives_in_time import DAY
from tests.sandbox.reading_events import Listener
from tests.sandbox.test_life import BILLED, CHARGED

INTERVALS = {"month": "year", "year": "month"}


def read(desk: Desk, subscription: str) -> Any:
    return desk.stripe.v1.subscriptions.retrieve(subscription, {"expand": ["latest_invoice"]})


def end_of(subscription: Any) -> int:
    return subscription["items"].data[0].current_period_end


def change(desk: Desk, subscription: str, amount: int, interval: str, **more: Any) -> Any:
    item = desk.stripe.v1.subscriptions.retrieve(subscription)["items"].data[0]
    price = {
        "currency": "eur",
        "unit_amount": amount,
        "product": item.price.product,
        "recurring": {"interval": interval},
    }
    given: Any = {"items": [{"id": item.id, "price_data": price}], "expand": ["latest_invoice"], **more}
    return desk.stripe.v1.subscriptions.update(subscription, given)


def from_the_next_date(desk: Desk, subscription: str, amount: int, interval: str) -> Any:
    end = end_of(read(desk, subscription))
    return change(desk, subscription, amount, interval, trial_end=end, proration_behavior="none")


@pytest.mark.parametrize("interval", INTERVALS)
def test_another_rhythm_with_a_trial_costs_nothing_until_the_next_date(desk: Desk, interval: str) -> None:
    subscription = str(desk.subscribe(interval=interval).subscription)
    end, listener = end_of(read(desk, subscription)), Listener(desk)

    changed = from_the_next_date(desk, subscription, 9000, INTERVALS[interval])

    assert listener.types() == [
        "customer.subscription.updated", "invoice.created", "invoice.finalized", "invoice.paid",
        "invoice.payment_succeeded",
    ]  # fmt: skip
    assert (changed.status, changed.trial_end, changed.billing_cycle_anchor) == ("trialing", end, end)
    item = changed["items"].data[0]
    assert (item.price.recurring.interval, item.current_period_end) == (INTERVALS[interval], end)
    invoice = changed.latest_invoice
    assert (invoice.billing_reason, invoice.status, invoice.total, invoice.amount_paid) == (
        "subscription_update", "paid", 0, 0,
    )  # fmt: skip
    assert [(line.amount, line.period.end) for line in invoice.lines.data] == [(0, end)]


@pytest.mark.parametrize("interval", INTERVALS)
def test_the_new_price_is_first_charged_at_the_trials_end_and_then_in_its_rhythm(
    desk: Desk, interval: str
) -> None:
    subscription = str(desk.subscribe(interval=interval).subscription)
    end = end_of(from_the_next_date(desk, subscription, 9000, INTERVALS[interval]))
    desk.control("clock", to=end - DAY)
    listener = Listener(desk)

    desk.control("clock", to=end + 3700)

    assert listener.types() == BILLED + CHARGED
    renewed = read(desk, subscription)
    assert (renewed.status, renewed.latest_invoice.amount_paid) == ("active", 9000)
    assert renewed.latest_invoice.billing_reason == "subscription_cycle"
    (period,) = [line.period for line in renewed.latest_invoice.lines.data]
    length = {"year": 365, "month": 30}[INTERVALS[interval]] * DAY
    assert (period.start, period.end) == (end, end_of(renewed))
    assert end_of(renewed) - end == pytest.approx(length, abs=2.1 * DAY)


def test_a_second_change_of_mind_during_the_trial_costs_nothing_either(desk: Desk) -> None:
    subscription = str(desk.subscribe().subscription)
    end = end_of(from_the_next_date(desk, subscription, 9000, "year"))
    listener = Listener(desk)

    back = change(desk, subscription, 1200, "month")
    again = from_the_next_date(desk, subscription, 8000, "year")
    last = from_the_next_date(desk, subscription, 1500, "month")

    assert listener.types() == ["customer.subscription.updated"] * 3
    assert {(each.status, end_of(each)) for each in (back, again, last)} == {("trialing", end)}
    desk.control("clock", to=end + 3700)
    renewed = read(desk, subscription)
    assert (renewed.status, renewed.latest_invoice.amount_paid) == ("active", 1500)


def test_another_amount_with_a_trial_costs_nothing_now(desk: Desk) -> None:
    subscription = str(desk.subscribe().subscription)

    changed = from_the_next_date(desk, subscription, 2500, "month")

    assert (changed.status, changed.latest_invoice.total) == ("trialing", 0)
    desk.control("clock", to=end_of(changed) + 3700)
    assert read(desk, subscription).latest_invoice.amount_paid == 2500


def test_it_may_end_with_the_trial_and_go_on_after_all(desk: Desk) -> None:
    update = desk.stripe.v1.subscriptions.update
    ending, kept = str(desk.subscribe().subscription), str(desk.subscribe().subscription)
    end = max(end_of(from_the_next_date(desk, each, 9000, "year")) for each in (ending, kept))

    cancels = [update(each, {"cancel_at_period_end": True}) for each in (ending, kept)]
    update(kept, {"cancel_at_period_end": False})
    desk.control("clock", to=end + 3700)

    assert [each.status for each in cancels] == ["trialing", "trialing"]
    assert cancels[0].cancel_at == end_of(cancels[0])
    ended, going_on = read(desk, ending), read(desk, kept)
    assert (ended.status, ended.latest_invoice.total) == ("canceled", 0)
    assert (going_on.status, going_on.latest_invoice.amount_paid) == ("active", 9000)


def test_a_pause_during_the_trial_skips_the_first_charge(desk: Desk) -> None:
    subscription = str(desk.subscribe().subscription)
    end = end_of(from_the_next_date(desk, subscription, 9000, "year"))
    pause: Any = {"pause_collection": {"behavior": "void", "resumes_at": end + DAY}}

    paused = desk.stripe.v1.subscriptions.update(subscription, pause)
    desk.control("clock", to=end + 2 * DAY)

    after = read(desk, subscription)
    assert (paused.status, after.status, after.pause_collection) == ("trialing", "active", None)
    assert (after.latest_invoice.status, after.latest_invoice.amount_paid) == ("void", 0)


def test_a_card_that_fails_at_the_trials_end_puts_it_past_due(desk: Desk) -> None:
    subscription = str(desk.subscribe(cards.FAILS_LATER).subscription)
    end = end_of(from_the_next_date(desk, subscription, 9000, "year"))

    desk.control("clock", to=end + 3700)

    after = read(desk, subscription)
    assert (after.status, after.latest_invoice.amount_due) == ("past_due", 9000)


def test_a_trial_for_what_is_paid_already_wants_its_prorations_off(desk: Desk) -> None:
    subscription = str(desk.subscribe().subscription)
    end = end_of(read(desk, subscription))

    with pytest.raises(stripe.InvalidRequestError, match="proration_behavior=none"):
        change(desk, subscription, 9000, "year", trial_end=end)

    assert read(desk, subscription).status == "active"
