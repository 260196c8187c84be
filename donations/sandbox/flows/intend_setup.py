"""Setup intents made through the API."""

from __future__ import annotations

from typing import Any

from donations.sandbox.api.call import Call
from donations.sandbox.api.errors import ApiError, invalid
from donations.sandbox.api.support import refuse_all_but
from donations.sandbox.document import Document
from donations.sandbox.flows.confirm import unexpected_state
from donations.sandbox.flows.keep_method import refusal
from donations.sandbox.flows.set_up import attempt
from donations.sandbox.objects import metadata
from donations.sandbox.objects.charge import Decline
from donations.sandbox.objects.lookup import referenced, required
from donations.sandbox.objects.payment_method import of_customer
from donations.sandbox.objects.setup_intent import new_setup_intent
from donations.sandbox.webhooks.events import emit
from donations.sandbox.world import World

_PLAIN = ("customer", "description", "metadata", "payment_method", "payment_method_types")
_CREATING = {*_PLAIN, "automatic_payment_methods", "confirm", "mandate_data", "return_url", "usage"}
_OPEN = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})


def create(call: Call) -> Document:
    world, given = call.world, call.parameters
    refuse_all_but(given, _CREATING)
    if given.get("customer"):
        referenced(world, "customer", given["customer"], "customer")
    intent = new_setup_intent(world, given)
    method = _take_method(world, intent, given)
    created = world.store.save(intent)
    if not given.get("confirm"):
        emit(world, "setup_intent.created", created)
        return created
    before = {**created, "payment_method": None, "status": "requires_payment_method"}
    return _confirm(world, created, method, before)


def update(call: Call) -> Document:
    world, given = call.world, call.parameters
    refuse_all_but(given, _PLAIN)
    intent = dict(required(world, "setup_intent", call.path["intent"], "intent"))
    if intent["status"] not in _OPEN and set(given) - {"metadata", "description", "expand"}:
        raise unexpected_state(intent, f"This SetupIntent is {intent['status']} and cannot be changed.")
    if given.get("customer"):
        intent["customer"] = referenced(world, "customer", given["customer"], "customer")["id"]
    if "description" in given:
        intent["description"] = given["description"]
    if "metadata" in given:
        added = given["metadata"]
        intent["metadata"] = {} if added is None else metadata.merged(intent["metadata"], added)
    _take_method(world, intent, given)
    return world.store.save(intent)


def confirm(call: Call) -> Document:
    world, given = call.world, call.parameters
    refuse_all_but(given, ["mandate_data", "payment_method", "return_url"])
    intent = dict(required(world, "setup_intent", call.path["intent"], "intent"))
    if intent["status"] not in _OPEN:
        raise unexpected_state(
            intent, f"You cannot confirm this SetupIntent because it has a status of {intent['status']}."
        )
    method = _take_method(world, intent, given)
    if method is None and intent["payment_method"]:
        method = world.store.get(intent["payment_method"])
    return _confirm(world, intent, method, None)


def cancel(call: Call) -> Document:
    world = call.world
    before = required(world, "setup_intent", call.path["intent"], "intent")
    if before["status"] not in _OPEN:
        raise unexpected_state(
            before, f"You cannot cancel this SetupIntent because it has a status of {before['status']}."
        )
    reason = call.parameters.get("cancellation_reason")
    after = {**before, "cancellation_reason": reason, "next_action": None, "status": "canceled"}
    emit(world, "setup_intent.canceled", world.store.save(after))
    return after


def _take_method(world: World, intent: Document, given: dict[str, Any]) -> Document | None:
    if not given.get("payment_method"):
        return None
    method = of_customer(world, given["payment_method"], intent["customer"])
    if method["type"] not in intent["payment_method_types"]:
        raise invalid(
            f"The PaymentMethod provided ({method['type']}) is not allowed for this SetupIntent.",
            "payment_method",
        )
    intent["payment_method"] = method["id"]
    intent["status"] = "requires_confirmation"
    return method


def _confirm(world: World, intent: Document, method: Document | None, created: Document | None) -> Document:
    if method is None:
        raise unexpected_state(
            intent, "You cannot confirm this SetupIntent because it's missing a payment method."
        )
    after = attempt(world, intent, method, created=created)
    if after["last_setup_error"]:
        raise _refused(after)
    return after


def _refused(failed: Document) -> ApiError:
    error = failed["last_setup_error"]
    decline = Decline(error["code"], error.get("decline_code"), error["message"])
    return refusal(decline, leaves_traces=True, payment_method=error["payment_method"], setup_intent=failed)
