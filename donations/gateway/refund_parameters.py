"""What we ask Stripe for when staff give a payment back. Plain JSON, because it is stored exactly before
it is sent."""

from __future__ import annotations

from typing import Any

from donations.domain.refunds import RefundReason


def refund_parameters(
    payment_intent_id: str, amount: int, reason: RefundReason, *, reference: str
) -> dict[str, Any]:
    """`amount` is in minor units. The refund carries only our random reference."""
    return {
        "payment_intent": payment_intent_id,
        "amount": amount,
        "reason": reason.value,
        "metadata": {"reference": reference},
    }
