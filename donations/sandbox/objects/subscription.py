"""Subscriptions: `current_period_*` is on the items, and flexible billing is the default."""

from __future__ import annotations

from typing import Any

from donations.sandbox.api.call import Call
from donations.sandbox.api.lists import as_list, equal_to, in_range, list_objects
from donations.sandbox.api.support import refuse_other_filters
from donations.sandbox.document import Document
from donations.sandbox.ids import new_id
from donations.sandbox.objects import metadata
from donations.sandbox.objects.start import Start
from donations.sandbox.objects.subscription_schedule import end_with
from donations.sandbox.objects.test_clock import in_time_of
from donations.sandbox.periods import next_boundary
from donations.sandbox.store import Condition
from donations.sandbox.webhooks.events import emit, emit_update
from donations.sandbox.world import World

ENDED = frozenset({"canceled", "incomplete_expired"})


_ABSENT = (
    "application", "application_fee_percent", "billing_cycle_anchor_config", "billing_thresholds",
    "cancel_at", "canceled_at", "customer_account", "days_until_due", "default_source", "ended_at",
    "latest_invoice", "next_pending_invoice_item_invoice", "on_behalf_of", "pause_collection",
    "pending_invoice_item_interval", "pending_setup_intent", "pending_update", "schedule", "transfer_data",
)  # fmt: skip
"""Fields that are there and null, for as long as the sandbox has nothing to put into them."""
_CANCELLATION = ("comment", "feedback", "feedback_option", "reason")
_INVOICE_SETTINGS = ("account_tax_ids", "custom_fields", "description", "footer")
_PAYMENT_SETTINGS = ("payment_method_options", "payment_method_types")
_FLEXIBLE = {"flexible": {"proration_discounts": "included"}, "type": "flexible"}


def new_subscription(
    world: World,
    lines: list[Document],
    start: Start,
    *,
    customer: Document,
    payment_method: str | None,
    data: dict[str, Any],
) -> Document:
    """A subscription that begins as `start` says; `data` is as Checkout or the API was given it."""
    now = world.now()
    subscription_id = new_id("sub")
    items = [_new_item(now, start, subscription_id, line["price"], line["quantity"]) for line in lines]
    return world.store.save(
        {
            "id": subscription_id,
            "object": "subscription",
            **dict.fromkeys(_ABSENT),
            "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
            "billing_cycle_anchor": start.anchor,
            "billing_mode": {**_FLEXIBLE, "updated_at": now},
            "billing_schedules": [],
            "cancel_at_period_end": False,
            "cancellation_details": dict.fromkeys(_CANCELLATION),
            "collection_method": "charge_automatically",
            "created": now,
            "currency": lines[0]["price"]["currency"],
            "customer": customer["id"],
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
            "status": "trialing" if start.trial_end else "active",
            "test_clock": customer["test_clock"],
            "trial_end": start.trial_end,
            "trial_settings": data.get("trial_settings")
            or {"end_behavior": {"missing_payment_method": "create_invoice"}},
            "trial_start": now if start.trial_end else None,
        }
    )


def _new_item(now: int, start: Start, subscription_id: str, price: Document, quantity: int) -> Document:
    return {
        "id": new_id("si"),
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": now,
        "current_period_end": start.first_end(now, price["recurring"]),
        "current_period_start": now,
        "discounts": [],
        "metadata": {},
        "price": price,
        "quantity": quantity,
        "subscription": subscription_id,
        "tax_rates": [],
    }


def with_period(subscription: Document, start: int) -> Document:
    """The same subscription, with the period of its cycle that begins at `start`."""
    items = [
        {
            **item,
            "current_period_start": start,
            "current_period_end": next_boundary(
                subscription["billing_cycle_anchor"],
                start,
                item["price"]["recurring"]["interval"],
                item["price"]["recurring"]["interval_count"],
            ),
        }
        for item in subscription["items"]["data"]
    ]
    return {**subscription, "items": {**subscription["items"], "data": items}}


def with_next_period(subscription: Document) -> Document:
    """The same subscription, one cycle on."""
    return with_period(subscription, subscription["items"]["data"][0]["current_period_end"])


def end_now(
    world: World, subscription: Document, reason: str | None, given: Document | None = None
) -> Document:
    """End it, and stop asking for what is still owed: an open invoice stays open."""
    world = in_time_of(world, subscription)
    now = world.now()
    _stop_collecting(world, subscription)
    end_with(world, subscription)
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


def _stop_collecting(world: World, subscription: Document) -> None:
    invoice = world.store.find(subscription["latest_invoice"] or "")
    if invoice and invoice["status"] in {"draft", "open"} and invoice["auto_advance"]:
        stopped = {
            **invoice,
            "auto_advance": False,
            "automatically_finalizes_at": None,
            "next_payment_attempt": None,
        }
        emit_update(world, "invoice.updated", invoice, world.store.save(stopped))


_FILTERS = (
    "collection_method", "current_period_end", "current_period_start", "customer", "price", "status",
    "test_clock",
)  # fmt: skip


def list_(call: Call) -> Document:
    refuse_other_filters(call.parameters, _FILTERS)
    conditions = equal_to(call.parameters, "customer", "collection_method", "test_clock")
    if not call.parameters.keys() & {"customer", "test_clock"}:
        # What lives on a test clock is shown only to those who ask for it.
        conditions.append(Condition("test_clock", None, "IS"))
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
