"""Customers with what hangs on them: a first payment method, the default one, and their end."""

from __future__ import annotations

from typing import Any

from donations.sandbox.api.call import Call
from donations.sandbox.api.errors import ApiError, invalid
from donations.sandbox.api.support import refuse_all_but
from donations.sandbox.document import Document
from donations.sandbox.flows.keep_method import attach_to, let_go
from donations.sandbox.objects import test_clock
from donations.sandbox.objects.customer import CHANGEABLE, change, new_customer
from donations.sandbox.objects.lookup import referenced, required
from donations.sandbox.objects.payment_method import of_customer
from donations.sandbox.objects.subscription import ENDED, end_now
from donations.sandbox.store import Condition
from donations.sandbox.webhooks.events import emit, emit_update
from donations.sandbox.world import World

_MOST_ON_A_CLOCK = 3
_DEFAULT = "invoice_settings[default_payment_method]"


def create(call: Call) -> Document:
    world, given = call.world, call.parameters
    refuse_all_but(given, {*CHANGEABLE, "invoice_settings", "metadata", "payment_method", "test_clock"})
    world, clock_id = _time_of(world, given)
    customer = new_customer(world)
    customer["test_clock"] = clock_id
    change(customer, given)
    world.store.save(customer)
    method = None
    if "payment_method" in given:
        method = of_customer(world, given["payment_method"], None)
    _set_default(world, customer, given, first=method)
    world.store.save(customer)
    emit(world, "customer.created", customer)
    if method:
        attach_to(world, method, customer["id"])
    return customer


def _time_of(world: World, given: dict[str, Any]) -> tuple[World, str | None]:
    """A customer may live by a test clock from the first day on, with at most two others."""
    if "test_clock" not in given:
        return world, None
    clock = referenced(world, test_clock.KIND, given["test_clock"], "test_clock")
    owned = [Condition("test_clock", clock["id"])]
    if len(world.store.search("customer", owned, limit=_MOST_ON_A_CLOCK)) == _MOST_ON_A_CLOCK:
        raise invalid("You have reached the limit of 3 customers per test clock.", "test_clock")
    return test_clock.in_time_of(world, {"test_clock": clock["id"]}), clock["id"]


def update(call: Call) -> Document:
    world, given = call.world, call.parameters
    refuse_all_but(given, {*CHANGEABLE, "invoice_settings", "metadata"})
    before = required(world, "customer", call.path["customer"], "customer")
    after = {**before, "invoice_settings": dict(before["invoice_settings"])}
    change(after, given)
    _set_default(world, after, given)
    world.store.save(after)
    emit_update(world, "customer.updated", before, after)
    return after


def delete(call: Call) -> Document:
    """A deleted customer's subscriptions end and their methods are let go; the payments stay in the books.

    That a method's customer is never a deleted one is how Stripe's description types the field.
    """
    world = call.world
    customer = required(world, "customer", call.path["customer"], "customer")
    for subscription in world.store.search("subscription", [Condition("customer", customer["id"])]):
        if subscription["status"] not in ENDED:
            end_now(world, subscription, "cancellation_requested")
    for method in world.store.search("payment_method", [Condition("customer", customer["id"])]):
        let_go(world, method)
    stub: Document = {"id": customer["id"], "object": "customer", "deleted": True}
    emit(world, "customer.deleted", customer)
    return world.store.bury(stub)


def _set_default(
    world: World, customer: Document, given: dict[str, Any], first: Document | None = None
) -> None:
    """The default must be attached; `first` is about to be, and may be named as its test card is."""
    settings: Document = given.get("invoice_settings") or {}
    refuse_all_but(settings, ["default_payment_method"], "invoice_settings")
    if "default_payment_method" not in settings:
        return
    wanted = settings["default_payment_method"]
    if first and wanted in {first["id"], given["payment_method"]}:
        wanted = first["id"]
    elif wanted:
        _check_attached(world, customer, wanted)
    customer["invoice_settings"]["default_payment_method"] = wanted


def _check_attached(world: World, customer: Document, method_id: str) -> None:
    method = world.store.find(method_id)
    if method is None or method["object"] != "payment_method" or method["customer"] != customer["id"]:
        raise ApiError(
            f"No such PaymentMethod: '{method_id}'; The customer does not have a payment method with the ID"
            f" {method_id}. The payment method must be attached to the customer.",
            code="resource_missing",
            param=_DEFAULT,
        )
