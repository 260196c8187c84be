"""Webhooks as Stripe signs them, made here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from donations.gateway.signatures import sign

PATH = "/webhooks/stripe"


def event_body(event_id: str, about: str = "pi_1", **changes: Any) -> bytes:
    """A snapshot event of a payment, unless `changes` say otherwise."""
    whole = {
        "id": event_id,
        "object": "event",
        "type": "payment_intent.succeeded",
        "api_version": "2026-10-28.endive",
        "created": 1_790_000_000,
        "livemode": False,
        "data": {"object": {"id": about, "object": "payment_intent"}},
    }
    return json.dumps(whole | changes).encode()


def signed(body: bytes, secret: str, age: timedelta = timedelta()) -> Mapping[str, str]:
    """The headers of a delivery, signed so long ago."""
    return {
        "Stripe-Signature": sign(body, secret, datetime.now(UTC) - age),
        "Content-Type": "application/json; charset=utf-8",
    }
