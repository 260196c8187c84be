"""Operations that the carried description leaves out, and that Stripe's own tools call.

Source: Stripe's reference for invoice items; for the page behind Checkout, what `stripe trigger` of
Stripe's CLI 1.52.0 sends, since that part of the API is not public.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_TEXT = {"type": "string", "maxLength": 5000}
_TEXTS = {"type": "array", "items": _TEXT}
_METADATA = {"type": "object", "additionalProperties": {"type": "string"}}


def _operation(required: tuple[str, ...] = (), **parameters: Any) -> dict[str, Any]:
    schema = {"properties": {**parameters, "expand": _TEXTS}, "required": list(required)}
    return {
        "requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": schema}}},
        "responses": {"200": {"content": {"application/json": {"schema": {}}}}},
    }


PATHS: Mapping[str, Mapping[str, Any]] = {
    "/v1/invoiceitems": {
        "post": _operation(
            ("customer",),
            amount={"type": "integer"},
            currency={"type": "string", "format": "currency"},
            customer=_TEXT,
            description=_TEXT,
            invoice=_TEXT,
            metadata=_METADATA,
        )
    },
    "/v1/invoiceitems/{invoiceitem}": {"get": _operation(), "delete": _operation()},
    "/v1/payment_pages/{session}": {"get": _operation()},
    "/v1/payment_pages/{session}/confirm": {
        "post": _operation(
            ("payment_method",),
            expected_amount={"type": "integer"},
            payment_method=_TEXT,
            return_url=_TEXT,
        )
    },
}
