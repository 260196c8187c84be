"""Stripe's objects as its API answers them, with what a test wants to say about each."""

from __future__ import annotations

from typing import Any

CREATED = 1795348800
"""2026-11-22 12:00 UTC."""


def session(**changes: Any) -> dict[str, Any]:
    return {
        "id": "cs_test_1",
        "object": "checkout.session",
        "status": "open",
        "payment_status": "unpaid",
        "mode": "payment",
        "client_reference_id": "r-7Qk2",
        "metadata": {"reference": "r-7Qk2"},
        "url": "https://checkout.stripe.com/c/pay/cs_test_1",
        "amount_total": 1000,
        "currency": "eur",
        "payment_intent": None,
        "subscription": None,
        "customer": None,
        "livemode": False,
        "created": CREATED,
        "expires_at": CREATED + 3600,
    } | changes


def balance_transaction(**changes: Any) -> dict[str, Any]:
    return {
        "id": "txn_1",
        "object": "balance_transaction",
        "currency": "eur",
        "amount": 1000,
        "fee": 40,
        "net": 960,
    } | changes


def charge(**changes: Any) -> dict[str, Any]:
    return {
        "id": "ch_1",
        "object": "charge",
        "payment_intent": "pi_1",
        "amount": 1000,
        "currency": "eur",
        "status": "succeeded",
        "amount_refunded": 0,
        "balance_transaction": balance_transaction(),
        "created": CREATED,
        "livemode": False,
    } | changes


def payment_intent(**changes: Any) -> dict[str, Any]:
    return {
        "id": "pi_1",
        "object": "payment_intent",
        "status": "succeeded",
        "amount_received": 1000,
        "currency": "eur",
        "metadata": {"reference": "r-7Qk2"},
        "customer": None,
        "latest_charge": charge(),
        "created": CREATED,
        "livemode": False,
    } | changes


def subscription_item(**changes: Any) -> dict[str, Any]:
    return {
        "id": "si_1",
        "object": "subscription_item",
        "quantity": 1,
        "current_period_end": CREATED + 30 * 86_400,
        "price": {
            "id": "price_1",
            "object": "price",
            "product": "prod_1",
            "unit_amount": 1000,
            "recurring": {"interval": "month", "interval_count": 1},
        },
    } | changes


def payment_method(**changes: Any) -> dict[str, Any]:
    return {
        "id": "pm_1",
        "object": "payment_method",
        "type": "card",
        "card": {"brand": "visa", "last4": "4242", "exp_month": 2, "exp_year": 2028},
        "livemode": False,
    } | changes


def customer(**changes: Any) -> dict[str, Any]:
    return {
        "id": "cus_1",
        "object": "customer",
        "email": "reader@example.com",
        "invoice_settings": {"default_payment_method": None},
        "livemode": False,
    } | changes


def subscription(**changes: Any) -> dict[str, Any]:
    return {
        "id": "sub_1",
        "object": "subscription",
        "customer": customer(),
        "default_payment_method": payment_method(),
        "status": "active",
        "metadata": {"reference": "r-7Qk2"},
        "currency": "eur",
        "items": listed(subscription_item()),
        "start_date": CREATED,
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "ended_at": None,
        "cancellation_details": {"reason": None},
        "pause_collection": None,
        "latest_invoice": "in_1",
        "livemode": False,
    } | changes


def invoice(**changes: Any) -> dict[str, Any]:
    return {
        "id": "in_1",
        "object": "invoice",
        "status": "paid",
        "billing_reason": "subscription_cycle",
        "amount_paid": 1000,
        "attempt_count": 1,
        "currency": "eur",
        "metadata": {},
        "lines": listed({"period": {"start": CREATED, "end": CREATED + 30 * 86_400}}),
        "parent": {
            "type": "subscription_details",
            "subscription_details": {"subscription": "sub_1", "metadata": {"reference": "r-7Qk2"}},
        },
        "livemode": False,
    } | changes


def invoice_payment(**changes: Any) -> dict[str, Any]:
    return {
        "id": "inpay_1",
        "object": "invoice_payment",
        "invoice": "in_1",
        "payment": {"type": "payment_intent", "payment_intent": "pi_1"},
        "status": "paid",
        "livemode": False,
    } | changes


def refund(**changes: Any) -> dict[str, Any]:
    return {
        "id": "re_1",
        "object": "refund",
        "payment_intent": "pi_1",
        "charge": "ch_1",
        "amount": 300,
        "currency": "eur",
        "status": "succeeded",
        "reason": "requested_by_customer",
        "created": CREATED,
    } | changes


def dispute(**changes: Any) -> dict[str, Any]:
    return {
        "id": "dp_1",
        "object": "dispute",
        "payment_intent": "pi_1",
        "charge": "ch_1",
        "amount": 1000,
        "currency": "eur",
        "status": "needs_response",
        "reason": "fraudulent",
        "created": CREATED,
        "livemode": False,
    } | changes


def listed(*rows: dict[str, Any], has_more: bool = False, url: str = "/v1/list") -> dict[str, Any]:
    return {"object": "list", "data": list(rows), "has_more": has_more, "url": url}
