"""One object fetched from a server that answers as the test says."""

from __future__ import annotations

from typing import Any

from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import Snapshot
from tests.gateway import answers
from tests.gateway.calls import answering
from tests.gateway.raw_server import RawServer, says

PATHS = {
    ObjectKind.CHECKOUT_SESSION: "/v1/checkout/sessions/x_1",
    ObjectKind.PAYMENT_INTENT: "/v1/payment_intents/x_1",
    ObjectKind.CHARGE: "/v1/charges/x_1",
    ObjectKind.SUBSCRIPTION: "/v1/subscriptions/x_1",
    ObjectKind.INVOICE: "/v1/invoices/x_1",
    ObjectKind.INVOICE_PAYMENT: "/v1/invoice_payments/x_1",
    ObjectKind.REFUND: "/v1/refunds/x_1",
    ObjectKind.DISPUTE: "/v1/disputes/x_1",
    ObjectKind.CUSTOMER: "/v1/customers/x_1",
    ObjectKind.PAYMENT_METHOD: "/v1/payment_methods/x_1",
}


def fetched(
    kind: ObjectKind, answer: dict[str, Any], *, paid: dict[str, Any] | None = None
) -> tuple[Any, RawServer]:
    """What fetching gives when Stripe answers so, and `paid` for the list of invoice payments."""
    others = {"/v1/invoice_payments": says(paid or answers.listed())}
    with answering(**{PATHS[kind]: says(answer)}, **others) as (gateway, server):
        snapshot: Snapshot = gateway.fetch(kind, "x_1")
    return snapshot, server
