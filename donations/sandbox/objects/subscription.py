"""Subscriptions: `current_period_*` is on the items, and flexible billing is the default."""

from __future__ import annotations

from typing import Any

from donations.sandbox.api.call import Call
from donations.sandbox.api.lists import as_list, equal_to, in_range, list_objects
from donations.sandbox.api.support import refuse_other_filters
from donations.sandbox.document import Document
from donations.sandbox.ids import new_id
from donations.sandbox.objects import metadata
from donations.sandbox.periods import next_boundary
from donations.sandbox.store import Condition
from donations.sandbox.webhooks.events import emit
from donations.sandbox.world import World

ENDED = frozenset({"canceled", "incomplete_expired"})


_ABSENT = (
    "application", "application_fee_percent", "billing_cycle_anchor_config", "billing_thresholds",
    "cancel_at", "canceled_at", "customer_account", "days_until_due", "default_source", "ended_at",
    "latest_invoice", "next_pending_invoice_item_invoice", "on_behalf_of", "pause_collection",
    "pending_invoice_item_interval", "pending_setup_intent", "pending_update", "schedule", "test_clock",
    "transfer_data", "trial_end", "trial_start",
)  # fmt: skip
"""Fields that are there and null, for as long as the sandbox has nothing to put into them."""
_CANCELLATION = ("comment", "feedback", "feedback_option", "reason")
_INVOICE_SETTINGS = ("account_tax_ids", "custom_fields", "description", "footer")
_PAYMENT_SETTINGS = ("payment_method_options", "payment_method_types")
_FLEXIBLE = {"flexible": {"proration_discounts": "included"}, "type": "flexible"}


def new_subscription(
    world: World, lines: list[Document], *, customer: str, payment_method: str, data: dict[str, Any]
) -> Document:
    now = world.now()
    subscription_id = new_id("sub")
    items = [_new_item(world, subscription_id, line["price"], line["quantity"]) for line in lines]
    return world.store.save(
        {
            "id": subscription_id,
            "object": "subscription",
            **dict.fromkeys(_ABSENT),
            "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
            "billing_cycle_anchor": now,
            "billing_mode": {**_FLEXIBLE, "updated_at": now},
            "billing_schedules": [],
            "cancel_at_period_end": False,
            "cancellation_details": dict.fromkeys(_CANCELLATION),
            "collection_method": "charge_automatically",
            "created": now,
            "currency": lines[0]["currency"],
            "customer": customer,
            "default_payment_method": payment_method,
            "default_tax_rates": [],
            "description": data.get("description"),
            "discounts": [],
            "invoice_settings": {**dict.fromkeys(_INVOICE_SETTINGS), "issuer": {"type": "self"}},
            "items": as_list(items, f"/v1/subscription_items?subscription={subscription_id}"),
            "livemode": False,
            "metadata": metadata.checked(data.get("metadata")),
            "payment_settings": {**dict.fromkeys(_PAYMENT_SETTINGS), "save_default_payment_method": "off"},
            "start_date": now,
            "status": "active",
            "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
        }
    )


def _new_item(world: World, subscription_id: str, price: Document, quantity: int) -> Document:
    now, recurring = world.now(), price["recurring"]
    return {
        "id": new_id("si"),
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": now,
        "current_period_end": next_boundary(now, now, recurring["interval"], recurring["interval_count"]),
        "current_period_start": now,
        "discounts": [],
        "metadata": {},
        "price": price,
        "quantity": quantity,
        "subscription": subscription_id,
        "tax_rates": [],
    }


def with_next_period(subscription: Document) -> Document:
    """The same subscription, one cycle on."""
    items = [
        {
            **item,
            "current_period_start": item["current_period_end"],
            "current_period_end": next_boundary(
                subscription["billing_cycle_anchor"],
                item["current_period_end"],
                item["price"]["recurring"]["interval"],
                item["price"]["recurring"]["interval_count"],
            ),
        }
        for item in subscription["items"]["data"]
    ]
    return {**subscription, "items": {**subscription["items"], "data": items}}


def end_now(world: World, subscription: Document, reason: str, given: Document | None = None) -> Document:
    now = world.now()
    details = {**subscription["cancellation_details"], **(given or {}), "reason": reason}
    ended = {
        **subscription,
        "cancel_at_period_end": False,
        "canceled_at": subscription["canceled_at"] or now,
        "cancellation_details": details,
        "ended_at": now,
        "status": "canceled",
    }
    emit(world, "customer.subscription.deleted", world.store.save(ended))
    return ended


_FILTERS = (
    "collection_method", "current_period_end", "current_period_start", "customer", "price", "status",
)  # fmt: skip


def list_(call: Call) -> Document:
    refuse_other_filters(call.parameters, _FILTERS)
    conditions = equal_to(call.parameters, "customer", "collection_method")
    status = call.parameters.get("status")
    if status == "ended":
        conditions.append(Condition("ended_at", 0, ">"))
    elif status is None:
        conditions.append(Condition("status", "canceled", "<>"))
    elif status != "all":
        conditions.append(Condition("status", status))
    for name in ("current_period_start", "current_period_end"):
        conditions += in_range(f"items.data[0].{name}", call.parameters.get(name))
    if call.parameters.get("price"):
        conditions.append(Condition("items.data[0].price.id", call.parameters["price"]))
    return list_objects(call.world, "subscription", "/v1/subscriptions", call.parameters, conditions)
