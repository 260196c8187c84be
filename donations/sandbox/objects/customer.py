"""Customers."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from donations.sandbox.api.call import Call
from donations.sandbox.api.errors import invalid
from donations.sandbox.api.support import refuse_all_but
from donations.sandbox.document import Document
from donations.sandbox.email_address import is_address
from donations.sandbox.ids import new_id
from donations.sandbox.objects import metadata
from donations.sandbox.objects.lookup import required
from donations.sandbox.webhooks.events import emit, emit_update
from donations.sandbox.world import World

_PLAIN = (
    "address",
    "balance",
    "description",
    "email",
    "name",
    "phone",
    "preferred_locales",
    "shipping",
    "tax_exempt",
)


_ABSENT = (
    "address", "currency", "customer_account", "default_source", "description", "name", "phone",
    "shipping", "test_clock",
)  # fmt: skip
"""Fields that are there and null, for as long as the sandbox has nothing to put into them."""


def new_customer(
    world: World,
    *,
    email: str | None = None,
    locales: list[str] | None = None,
    given: Mapping[str, str] | None = None,
) -> Document:
    return world.store.save(
        {
            "id": new_id("cus"),
            "object": "customer",
            **dict.fromkeys(_ABSENT),
            "balance": 0,
            "created": world.now(),
            "delinquent": False,
            "email": email,
            "invoice_prefix": secrets.token_hex(4).upper(),
            "invoice_settings": {
                "custom_fields": None,
                "default_payment_method": None,
                "footer": None,
                "rendering_options": None,
            },
            "livemode": False,
            "metadata": dict(given or {}),
            "next_invoice_sequence": 1,
            "preferred_locales": locales or [],
            "tax_exempt": "none",
        }
    )


def create(call: Call) -> Document:
    customer = new_customer(call.world, given=metadata.checked(call.parameters.get("metadata")))
    _change(customer, call)
    call.world.store.save(customer)
    emit(call.world, "customer.created", customer)
    return customer


def update(call: Call) -> Document:
    before = required(call.world, "customer", call.path["customer"], "customer")
    after = {**before, "invoice_settings": dict(before["invoice_settings"])}
    if "metadata" in call.parameters:
        given = call.parameters["metadata"]
        after["metadata"] = {} if given is None else metadata.merged(before["metadata"], given)
    _change(after, call)
    call.world.store.save(after)
    emit_update(call.world, "customer.updated", before, after)
    return after


def _change(customer: Document, call: Call) -> None:
    refuse_all_but(call.parameters, {*_PLAIN, "invoice_settings", "metadata"})
    email = call.parameters.get("email")
    if email is not None and not is_address(email):
        raise invalid(f"Invalid email address: {email}", "email", "email_invalid")
    for name in _PLAIN:
        if name in call.parameters:
            customer[name] = call.parameters[name]
    settings: Document = call.parameters.get("invoice_settings", {})
    refuse_all_but(settings, ["default_payment_method"], "invoice_settings")
    if "default_payment_method" in settings:
        customer["invoice_settings"]["default_payment_method"] = settings["default_payment_method"]
