"""Make the one call to Stripe that a change is. No transaction may be open."""

from __future__ import annotations

from donations.domain.changes import ChangeKind
from donations.gateway.protocol import Gateway
from donations.services.gift_changes import Call


def make(gateway: Gateway, call: Call) -> None:
    """Raises whatever the gateway raises. The same call again has no second effect."""
    if call.kind is ChangeKind.RETRY_PAYMENT:
        gateway.pay_invoice(call.target, call.idempotency_key)
    elif call.kind is ChangeKind.CANCEL and not call.parameters:
        gateway.end_subscription(call.target, call.idempotency_key)
    else:
        gateway.change_subscription(call.target, call.parameters, call.idempotency_key)
