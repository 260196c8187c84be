"""Customers."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from donations.sandbox.api.call import Call
from donations.sandbox.api.errors import invalid
from donations.sandbox.document import Document
from donations.sandbox.email_address import is_address
from donations.sandbox.ids import new_id
from donations.sandbox.objects import metadata
from donations.sandbox.objects.lookup import required
from donations.sandbox.world import World

CHANGEABLE = (
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


def retrieve(call: Call) -> Document:
    """A deleted customer is still found by its id, as a stub that says so."""
    found = call.world.store.find(call.path["customer"])
    if found and found["object"] == "customer" and found.get("deleted"):
        return found
    return required(call.world, "customer", call.path["customer"], "customer")


def change(customer: Document, given: dict[str, Any]) -> None:
    """Take over what may be said of a customer at any time."""
    email = given.get("email")
    if email is not None and not is_address(email):
        raise invalid(f"Invalid email address: {email}", "email", "email_invalid")
    for name in CHANGEABLE:
        if name in given:
            customer[name] = given[name]
    if "metadata" in given:
        added = given["metadata"]
        customer["metadata"] = {} if added is None else metadata.merged(customer["metadata"], added)
