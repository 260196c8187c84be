"""Make the one call to Stripe that a change is, or see there whether it took effect. No transaction may
be open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from donations.domain.changes import ChangeKind
from donations.gateway.kinds import ObjectKind
from donations.gateway.protocol import Gateway
from donations.gateway.snapshots import InvoiceSnapshot, Snapshot, SubscriptionSnapshot
from donations.services.gift_changes import Call


def make(gateway: Gateway, call: Call) -> None:
    """Raises whatever the gateway raises. The same call again has no second effect."""
    if call.kind is ChangeKind.RETRY_PAYMENT:
        gateway.pay_invoice(call.target, call.idempotency_key)
    elif _ends_at_once(call):
        gateway.end_subscription(call.target, call.idempotency_key)
    else:
        gateway.change_subscription(call.target, call.parameters, call.idempotency_key)


def is_in_place(gateway: Gateway, call: Call) -> bool:
    """Whether Stripe's object is as the call wants it, however it came to be so. Raises whatever the
    gateway raises."""
    pays = call.kind is ChangeKind.RETRY_PAYMENT
    kind = ObjectKind.INVOICE if pays else ObjectKind.SUBSCRIPTION
    return _agrees(call, gateway.fetch(kind, call.target))


def _agrees(call: Call, found: Snapshot) -> bool:
    if isinstance(found, InvoiceSnapshot):
        return found.status == "paid"
    assert isinstance(found, SubscriptionSnapshot)
    if _ends_at_once(call):
        return found.ended_at is not None
    if found.ended_at is not None:
        # Of what has ended nothing can be changed any more, and a wish to stop is fulfilled.
        return call.kind is ChangeKind.CANCEL
    return all(_holds(name, wanted, found) for name, wanted in call.parameters.items())


def _holds(name: str, wanted: Any, found: SubscriptionSnapshot) -> bool:
    """Of one parameter, as `gateway.change_parameters` writes them."""
    ends = found.cancels_at_period_end or found.cancel_at is not None
    match name:
        case "items":
            return _is_charged(wanted[0]["price_data"], found)
        case "pause_collection":
            return _is_paused(wanted, found)
        case "cancel_at_period_end":
            return ends is wanted
        case "cancel_at":
            return not ends
        case "default_payment_method":
            return found.payment_method_id == wanted
        case _:
            # How it is to be done (`proration_behavior`, `trial_end`), not what it comes to.
            return True


def _is_charged(price: Mapping[str, Any], found: SubscriptionSnapshot) -> bool:
    wanted = (price["unit_amount"], price["currency"], price["recurring"]["interval"])
    return wanted == (found.unit_amount, found.currency, found.interval)


def _is_paused(wanted: Mapping[str, Any] | str, found: SubscriptionSnapshot) -> bool:
    if isinstance(wanted, str):
        return not found.is_collection_paused
    until = datetime.fromtimestamp(wanted["resumes_at"], UTC)
    return found.is_collection_paused and found.resumes_at == until


def _ends_at_once(call: Call) -> bool:
    return call.kind is ChangeKind.CANCEL and not call.parameters
