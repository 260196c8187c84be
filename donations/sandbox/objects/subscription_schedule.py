"""Subscription schedules: what a subscription turns into, and from which day.

Each is made from a subscription that is running, so `not_started` never comes about here. A schedule
whose phases are over is `completed`: its subscription goes on by itself, or was ended with it.
"""

from __future__ import annotations

from donations.sandbox.api.call import Call
from donations.sandbox.api.lists import equal_to, in_range, list_objects
from donations.sandbox.api.support import refuse_other_filters
from donations.sandbox.document import Document
from donations.sandbox.ids import new_id
from donations.sandbox.store import Condition
from donations.sandbox.webhooks.events import emit
from donations.sandbox.world import World

KIND = "subscription_schedule"
OPEN = frozenset({"active", "not_started"})
_ABSENT = (
    "application", "canceled_at", "completed_at", "customer_account", "released_at", "released_subscription",
)  # fmt: skip
_UNSET = ("application_fee_percent", "billing_thresholds", "description", "on_behalf_of", "transfer_data")
"""Null in the default settings and in each phase."""
_UNSET_IN_PHASE = (
    *_UNSET, "billing_cycle_anchor", "collection_method", "default_payment_method", "invoice_settings",
    "trial_end",
)  # fmt: skip
_INVOICE_SETTINGS = ("account_tax_ids", "custom_fields", "days_until_due", "description", "footer")


def new_schedule(world: World, subscription: Document) -> Document:
    """With one phase: the period that is running, as it is."""
    items = subscription["items"]["data"]
    phase = new_phase(
        [schedule_item(item["price"], item["quantity"]) for item in items],
        subscription["currency"],
        items[0]["current_period_start"],
        items[0]["current_period_end"],
        metadata=subscription["metadata"],
    )
    return world.store.save(
        {
            "id": new_id("sub_sched"),
            "object": KIND,
            **dict.fromkeys(_ABSENT),
            "billing_mode": subscription["billing_mode"],
            "created": world.now(),
            "current_phase": running_since(phase),
            "customer": subscription["customer"],
            "default_settings": _default_settings(subscription),
            "end_behavior": "release",
            "livemode": False,
            "metadata": {},
            "phases": [phase],
            "status": "active",
            "subscription": subscription["id"],
            "test_clock": subscription["test_clock"],
        }
    )


def _default_settings(subscription: Document) -> Document:
    return {
        **dict.fromkeys(_UNSET),
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": "automatic",
        "collection_method": subscription["collection_method"],
        "default_payment_method": subscription["default_payment_method"],
        "invoice_settings": {**dict.fromkeys(_INVOICE_SETTINGS), "issuer": {"type": "self"}},
    }


def new_phase(
    items: list[Document],
    currency: str,
    start: int,
    end: int,
    *,
    metadata: Document,
    proration_behavior: str = "create_prorations",
) -> Document:
    return {
        **dict.fromkeys(_UNSET_IN_PHASE),
        "add_invoice_items": [],
        "currency": currency,
        "default_tax_rates": [],
        "discounts": [],
        "end_date": end,
        "items": items,
        "metadata": metadata,
        "proration_behavior": proration_behavior,
        "start_date": start,
    }


def schedule_item(price: Document, quantity: int) -> Document:
    return {
        "billing_thresholds": None,
        "discounts": [],
        "metadata": {},
        "price": price["id"],
        "quantity": quantity,
        "tax_rates": [],
    }


def running_since(phase: Document) -> Document:
    """The `current_phase` of a schedule while this phase runs."""
    return {"end_date": phase["end_date"], "start_date": phase["start_date"]}


def running_phase(schedule: Document) -> Document:
    start = schedule["current_phase"]["start_date"]
    return next(phase for phase in schedule["phases"] if phase["start_date"] == start)


def next_change(schedule: Document) -> int | None:
    """When its running phase ends; None if the subscription itself ends then."""
    running = running_phase(schedule)
    is_last = running["start_date"] == schedule["phases"][-1]["start_date"]
    return None if is_last and schedule["end_behavior"] == "cancel" else running["end_date"]


def close(world: World, schedule: Document, status: str) -> Document:
    """It plans no more; what it has planned stays to be read."""
    closed = {**schedule, "current_phase": None, "status": status, f"{status}_at": world.now()}
    emit(world, f"{KIND}.{status}", world.store.save(closed))
    return closed


def let_go(world: World, schedule: Document, status: str) -> Document:
    """Close it and leave its subscription to itself."""
    subscription_id = schedule["subscription"]
    free = {**schedule, "released_subscription": subscription_id, "subscription": None}
    return close(world, free, status)


def end_with(world: World, subscription: Document) -> None:
    """The subscription ends, as the schedule planned or before it could."""
    schedule = world.store.find(subscription["schedule"] or "")
    if schedule is None or schedule["status"] not in OPEN:
        return
    is_planned = schedule["end_behavior"] == "cancel" and world.now() >= schedule["phases"][-1]["end_date"]
    close(world, schedule, "completed" if is_planned else "canceled")


def list_(call: Call) -> Document:
    given = call.parameters
    instants = ("canceled_at", "completed_at", "released_at")
    refuse_other_filters(given, ("customer", "scheduled", *instants))
    conditions = equal_to(given, "customer")
    for name in instants:
        conditions += in_range(name, given.get(name))
    if given.get("scheduled"):
        conditions.append(Condition("status", "not_started"))
    return list_objects(call.world, KIND, "/v1/subscription_schedules", given, conditions)
