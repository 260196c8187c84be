"""Subscriptions: `current_period_*` is on the items, and flexible billing is the default."""

from __future__ import annotations

from typing import Any

from donations.sandbox.api.call import Call
from donations.sandbox.api.errors import invalid, no_such
from donations.sandbox.api.lists import as_list, equal_to, in_range, list_objects
from donations.sandbox.document import Document
from donations.sandbox.ids import new_id
from donations.sandbox.objects import metadata
from donations.sandbox.objects.lookup import referenced, required
from donations.sandbox.objects.price import inline_price
from donations.sandbox.periods import next_boundary
from donations.sandbox.store import Condition
from donations.sandbox.webhooks.events import emit, emit_update
from donations.sandbox.world import World

ENDED = frozenset({"canceled", "incomplete_expired"})


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
            "application": None,
            "application_fee_percent": None,
            "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
            "billing_cycle_anchor": now,
            "billing_cycle_anchor_config": None,
            "billing_mode": {
                "flexible": {"proration_discounts": "included"},
                "type": "flexible",
                "updated_at": now,
            },
            "billing_schedules": [],
            "billing_thresholds": None,
            "cancel_at": None,
            "cancel_at_period_end": False,
            "canceled_at": None,
            "cancellation_details": {
                "comment": None,
                "feedback": None,
                "feedback_option": None,
                "reason": None,
            },
            "collection_method": "charge_automatically",
            "created": now,
            "currency": lines[0]["currency"],
            "customer": customer,
            "customer_account": None,
            "days_until_due": None,
            "default_payment_method": payment_method,
            "default_source": None,
            "default_tax_rates": [],
            "description": data.get("description"),
            "discounts": [],
            "ended_at": None,
            "invoice_settings": {
                "account_tax_ids": None,
                "custom_fields": None,
                "description": None,
                "footer": None,
                "issuer": {"type": "self"},
            },
            "items": as_list(items, f"/v1/subscription_items?subscription={subscription_id}"),
            "latest_invoice": None,
            "livemode": False,
            "metadata": metadata.checked(data.get("metadata")),
            "next_pending_invoice_item_invoice": None,
            "on_behalf_of": None,
            "pause_collection": None,
            "payment_settings": {
                "payment_method_options": None,
                "payment_method_types": None,
                "save_default_payment_method": "off",
            },
            "pending_invoice_item_interval": None,
            "pending_setup_intent": None,
            "pending_update": None,
            "schedule": None,
            "start_date": now,
            "status": "active",
            "test_clock": None,
            "transfer_data": None,
            "trial_end": None,
            "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
            "trial_start": None,
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


def list_(call: Call) -> Document:
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


def cancel(call: Call) -> Document:
    subscription = _not_ended(call)
    given: Document = call.parameters.get("cancellation_details", {})
    return end_now(call.world, subscription, "cancellation_requested", given)


_UPDATABLE = frozenset(
    [
        "cancel_at",
        "cancel_at_period_end",
        "cancellation_details",
        "default_payment_method",
        "description",
        "expand",
        "items",
        "metadata",
        "off_session",
        "pause_collection",
        "payment_behavior",
        "proration_behavior",
    ]
)


def update(call: Call) -> Document:
    for name in call.parameters:
        if name not in _UPDATABLE:
            raise invalid(f"The sandbox does not update `{name}`.", name)
    before = _not_ended(call)
    after = {**before, "items": {**before["items"], "data": [dict(item) for item in before["items"]["data"]]}}
    _change_plain(call, after)
    _change_end(call, after)
    for given in call.parameters.get("items", []):
        _change_item(call.world, after, given)
    call.world.store.save(after)
    emit_update(call.world, "customer.subscription.updated", before, after)
    return after


def _not_ended(call: Call) -> Document:
    """Stripe answers as if a canceled subscription did not exist to those who want to change it."""
    subscription_id = call.path["subscription_exposed_id"]
    subscription = required(call.world, "subscription", subscription_id)
    if subscription["status"] in ENDED:
        raise no_such("subscription", subscription_id)
    return subscription


def _change_plain(call: Call, after: Document) -> None:
    given = call.parameters
    if "metadata" in given:
        added = given["metadata"]
        after["metadata"] = {} if added is None else metadata.merged(after["metadata"], added)
    if "description" in given:
        after["description"] = given["description"]
    if given.get("default_payment_method"):
        method = given["default_payment_method"]
        referenced(call.world, "payment_method", method, "default_payment_method")
        after["default_payment_method"] = method
    if "pause_collection" in given:
        pause = given["pause_collection"]
        after["pause_collection"] = pause and {
            "behavior": pause["behavior"],
            "resumes_at": pause.get("resumes_at"),
        }


def _change_end(call: Call, after: Document) -> None:
    """`cancel_at_period_end` sets the date too; `cancel_at` alone leaves the flag down."""
    given, now = call.parameters, call.world.now()
    if "cancel_at" in given and "cancel_at_period_end" in given:
        raise invalid(
            "You may only specify one of these parameters: cancel_at, cancel_at_period_end.", "cancel_at"
        )
    if "cancel_at" not in given and "cancel_at_period_end" not in given:
        return
    ends = [item["current_period_end"] for item in after["items"]["data"]]
    if "cancel_at_period_end" in given:
        after["cancel_at_period_end"] = given["cancel_at_period_end"]
        after["cancel_at"] = max(ends) if given["cancel_at_period_end"] else None
    else:
        named = {"min_period_end": min(ends), "max_period_end": max(ends)}
        after["cancel_at"] = named.get(given["cancel_at"], given["cancel_at"])
        after["cancel_at_period_end"] = False
    if after["cancel_at"] is not None and not isinstance(after["cancel_at"], int):
        raise invalid("The sandbox has no billing schedules to cancel at.", "cancel_at")
    if after["cancel_at"] is not None and after["cancel_at"] <= now:
        raise invalid("The `cancel_at` timestamp must be in the future.", "cancel_at")
    is_ending = after["cancel_at"] is not None
    after["canceled_at"] = now if is_ending else None
    details = {**after["cancellation_details"], **given.get("cancellation_details", {})}
    after["cancellation_details"] = {**details, "reason": "cancellation_requested" if is_ending else None}


def _change_item(world: World, after: Document, given: dict[str, Any]) -> None:
    """A new price or quantity from the next cycle on; the sandbox prorates nothing."""
    items = {item["id"]: item for item in after["items"]["data"]}
    item = items.get(given.get("id", ""))
    if item is None:
        raise no_such("subscription_item", given.get("id", ""), "items[0][id]", status=400)
    if "price" in given:
        item["price"] = referenced(world, "price", given["price"], "items[0][price]")
    elif "price_data" in given:
        item["price"] = inline_price(world, given["price_data"], "items[0][price_data]")
    if item["price"]["currency"] != after["currency"] or not item["price"]["recurring"]:
        raise invalid("The price must be recurring and in the subscription's currency.", "items[0][price]")
    if "quantity" in given:
        item["quantity"] = given["quantity"]
