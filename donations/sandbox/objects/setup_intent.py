"""Setup intents: a card is checked and kept, and nothing is paid."""

from __future__ import annotations

from typing import Any

from donations.sandbox.document import Document
from donations.sandbox.ids import new_id, new_secret
from donations.sandbox.objects import metadata
from donations.sandbox.world import World

_ABSENT = (
    "application", "automatic_payment_methods", "cancellation_reason", "customer", "customer_account",
    "description", "excluded_payment_method_types", "flow_directions", "last_setup_error", "latest_attempt",
    "mandate", "next_action", "on_behalf_of", "payment_method", "payment_method_configuration_details",
    "single_use_mandate",
)  # fmt: skip
"""Fields that are there and null, for as long as the sandbox has nothing to put into them."""


def new_setup_intent(world: World, given: dict[str, Any]) -> Document:
    intent_id = new_id("seti")
    types: list[str] = given.get("payment_method_types", ["card"])
    return world.store.save(
        {
            "id": intent_id,
            "object": "setup_intent",
            **dict.fromkeys(_ABSENT),
            "client_secret": new_secret(intent_id),
            "created": world.now(),
            "customer": given.get("customer"),
            "description": given.get("description"),
            "livemode": False,
            "metadata": metadata.checked(given.get("metadata")),
            "payment_method_options": {"card": _card_options()},
            "payment_method_types": types,
            "status": "requires_payment_method",
            "usage": given.get("usage", "off_session"),
        }
    )


def _card_options() -> Document:
    return {"mandate_options": None, "network": None, "request_three_d_secure": "automatic"}
