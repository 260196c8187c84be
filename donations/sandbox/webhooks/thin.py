"""Thin events: the same happening, told without its data. The receiver fetches what it needs."""

from __future__ import annotations

from datetime import UTC, datetime

from donations.sandbox.document import Document

_PATHS = {
    "balance_transaction": "/v1/balance_transactions/{}",
    "billing_portal.configuration": "/v1/billing_portal/configurations/{}",
    "charge": "/v1/charges/{}",
    "checkout.session": "/v1/checkout/sessions/{}",
    "customer": "/v1/customers/{}",
    "dispute": "/v1/disputes/{}",
    "invoice": "/v1/invoices/{}",
    "invoice_payment": "/v1/invoice_payments/{}",
    "payment_intent": "/v1/payment_intents/{}",
    "payment_method": "/v1/payment_methods/{}",
    "price": "/v1/prices/{}",
    "product": "/v1/products/{}",
    "radar.early_fraud_warning": "/v1/radar/early_fraud_warnings/{}",
    "refund": "/v1/refunds/{}",
    "setup_intent": "/v1/setup_intents/{}",
    "subscription": "/v1/subscriptions/{}",
    "subscription_schedule": "/v1/subscription_schedules/{}",
    "test_helpers.test_clock": "/v1/test_helpers/test_clocks/{}",
}


def notification(event: Document) -> Document:
    """The body that is delivered: `v2.core.event` with a reference to the object, if it has an address."""
    thin: Document = {
        "id": event["id"].replace("evt_", "evt_test_", 1),
        "object": "v2.core.event",
        "type": f"v1.{event['type']}",
        "created": datetime.fromtimestamp(event["created"], UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "livemode": False,
        "related_object": _reference(event["data"]["object"]),
    }
    if event["request"]["id"]:
        thin["reason"] = {"type": "request", "request": event["request"]}
    return thin


def fetched(event: Document) -> Document:
    """What `GET /v2/core/events/<id>` answers: the notification and what Stripe adds on request."""
    return {
        **notification(event),
        "context": None,
        "changes": {"before": event["data"].get("previous_attributes", {})},
        "snapshot_event": event["id"],
    }


def snapshot_id(thin_id: str) -> str:
    return thin_id.replace("evt_test_", "evt_", 1)


def _reference(subject: Document) -> Document | None:
    """None for what cannot be fetched: a portal session, an invoice that is still to come."""
    path = _PATHS.get(subject["object"])
    if path is None or "id" not in subject:
        return None
    return {"id": subject["id"], "type": subject["object"], "url": path.format(subject["id"])}
