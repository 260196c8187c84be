"""Change a subscription that is running: its end, its price, its payment method, its pause."""

from __future__ import annotations

from typing import Any

from donations.sandbox.api.call import Call
from donations.sandbox.api.errors import invalid, no_such
from donations.sandbox.api.support import refuse_all_but
from donations.sandbox.document import Document
from donations.sandbox.objects import metadata
from donations.sandbox.objects.lookup import referenced, required
from donations.sandbox.objects.price import inline_price
from donations.sandbox.objects.subscription import ENDED, end_now
from donations.sandbox.webhooks.events import emit_update
from donations.sandbox.world import World

_UPDATABLE = (
    "cancel_at", "cancel_at_period_end", "cancellation_details", "default_payment_method",
    "description", "expand", "items", "metadata", "off_session", "pause_collection", "payment_behavior",
    "proration_behavior",
)  # fmt: skip


def cancel(call: Call) -> Document:
    subscription = _not_ended(call)
    asked = {name: value for name, value in call.parameters.items() if value is not False}
    refuse_all_but(asked, ["cancellation_details"])
    given: Document = call.parameters.get("cancellation_details", {})
    return end_now(call.world, subscription, "cancellation_requested", given)


def update(call: Call) -> Document:
    refuse_all_but(call.parameters, _UPDATABLE)
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
