"""What we ask Stripe for when a recurring gift is changed: one call each.

Plain JSON, because it is stored exactly before it is sent. Nothing is prorated: what was paid is
paid, and a change holds from the next charge on. Another rhythm begins at the next date by way of a
trial until then, which is how Stripe moves a charge; without it the new rhythm would be charged at
once. Stripe describes that a trial sets the anchor of the cycle to its end.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from donations.domain.gifts import Gift
from donations.gateway.checkout_parameters import interval_of


def new_amount(item_id: str, product_id: str, gift: Gift) -> dict[str, Any]:
    """Charge this amount from the next charge on."""
    price = {
        "currency": gift.money.currency,
        "product": product_id,
        "unit_amount": gift.money.amount,
        "recurring": {"interval": interval_of(gift.frequency)},
    }
    return {
        "items": [{"id": item_id, "price_data": price, "quantity": 1}],
        "proration_behavior": "none",
    }


def new_rhythm(item_id: str, product_id: str, gift: Gift, next_charge_at: datetime) -> dict[str, Any]:
    """Charge this amount at this rhythm, beginning at the date of the next charge."""
    return new_amount(item_id, product_id, gift) | {"trial_end": int(next_charge_at.timestamp())}


def pause_until(resumes_at: datetime) -> dict[str, Any]:
    """Let every charge before this instant go by. The days of the charges after it stay as they were."""
    return {"pause_collection": {"behavior": "void", "resumes_at": int(resumes_at.timestamp())}}


def resume() -> dict[str, Any]:
    return {"pause_collection": ""}


def end_with_period() -> dict[str, Any]:
    """Charge no more; what was paid for lasts until its end."""
    return {"cancel_at_period_end": True}


def go_on(*, was_at_period_end: bool) -> dict[str, Any]:
    """Take a cancellation back, by the way in which it was made: Stripe takes only one of the two."""
    return {"cancel_at_period_end": False} if was_at_period_end else {"cancel_at": ""}


def use_payment_method(payment_method_id: str) -> dict[str, Any]:
    return {"default_payment_method": payment_method_id}
