"""Payment intents. There is no `charges`: only `latest_charge`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from donations.sandbox.document import Document
from donations.sandbox.ids import new_id, new_secret
from donations.sandbox.world import World


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
            "amount": amount,
            "amount_capturable": 0,
            "amount_details": {"tip": {}},
            "amount_received": 0,
            "application": None,
            "application_fee_amount": None,
            "automatic_payment_methods": None,
            "canceled_at": None,
            "cancellation_reason": None,
            "capture_method": capture_method,
            "client_secret": new_secret(intent_id),
            "confirmation_method": "automatic",
            "created": world.now(),
            "currency": currency,
            "customer": customer,
            "customer_account": None,
            "description": description,
            "excluded_payment_method_types": None,
            "last_payment_error": None,
            "latest_charge": None,
            "livemode": False,
            "metadata": dict(metadata),
            "next_action": None,
            "on_behalf_of": None,
            "payment_method": None,
            "payment_method_configuration_details": None,
            "payment_method_options": {"card": _card_options()},
            "payment_method_types": ["card", "sepa_debit"] if currency == "eur" else ["card"],
            "processing": None,
            "receipt_email": None,
            "review": None,
            "setup_future_usage": "off_session" if off_session else None,
            "shipping": None,
            "statement_descriptor": None,
            "statement_descriptor_suffix": None,
            "status": "requires_payment_method",
            "transfer_data": None,
            "transfer_group": None,
        },
        **private,
    )


def _card_options() -> Document:
    return {
        "installments": None,
        "mandate_options": None,
        "network": None,
        "request_three_d_secure": "automatic",
    }
