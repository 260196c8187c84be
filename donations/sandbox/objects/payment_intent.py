"""Payment intents. There is no `charges`: only `latest_charge`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from donations.sandbox.document import Document
from donations.sandbox.ids import new_id, new_secret
from donations.sandbox.world import World

_ABSENT = (
    "application", "application_fee_amount", "automatic_payment_methods", "canceled_at",
    "cancellation_reason", "customer_account", "excluded_payment_method_types", "last_payment_error",
    "latest_charge", "next_action", "on_behalf_of", "payment_method",
    "payment_method_configuration_details", "processing", "receipt_email", "review", "shipping",
    "statement_descriptor", "statement_descriptor_suffix", "transfer_data", "transfer_group",
)  # fmt: skip
"""Fields that are there and null, for as long as the sandbox has nothing to put into them."""


def new_intent(
    world: World,
    *,
    amount: int,
    currency: str,
    customer: str | None,
    metadata: Mapping[str, str],
    capture_method: str,
    description: str | None = None,
    off_session: bool = False,
    **private: Any,
) -> Document:
    intent_id = new_id("pi")
    return world.store.save(
        {
            "id": intent_id,
            "object": "payment_intent",
            **dict.fromkeys(_ABSENT),
            "amount": amount,
            "amount_capturable": 0,
            "amount_details": {"tip": {}},
            "amount_received": 0,
            "capture_method": capture_method,
            "client_secret": new_secret(intent_id),
            "confirmation_method": "automatic",
            "created": world.now(),
            "currency": currency,
            "customer": customer,
            "description": description,
            "livemode": False,
            "metadata": dict(metadata),
            "payment_method_options": {"card": _card_options()},
            "payment_method_types": ["card", "sepa_debit"] if currency == "eur" else ["card"],
            "setup_future_usage": "off_session" if off_session else None,
            "status": "requires_payment_method",
        },
        **private,
    )


def read_shipping(given: dict[str, Any] | None) -> Document | None:
    """Where something is sent to, with all its fields."""
    if not given:
        return None
    places = ("city", "country", "line1", "line2", "postal_code", "state")
    address: Document = {**dict.fromkeys(places), **given["address"]}
    return {"carrier": None, "phone": None, "tracking_number": None, **given, "address": address}


def _card_options() -> Document:
    return {
        "installments": None,
        "mandate_options": None,
        "network": None,
        "request_three_d_secure": "automatic",
    }
