"""The lines of an invoice: a period of an item, whole, in part, or given back."""

from __future__ import annotations

from fractions import Fraction

from donations.sandbox.document import Document
from donations.sandbox.ids import new_id

_WHOLE = Fraction(1)


def line_of_item(subscription: Document, item: Document, share: Fraction = _WHOLE) -> Document:
    """The item's current period, or a share of it; nothing during a trial."""
    price, name = item["price"], item["price"]["nickname"] or "Recurring gift"
    whole = price["unit_amount"] * item["quantity"]
    if subscription["status"] == "trialing":
        share, name = Fraction(0), f"Trial period for {name}"
    period = {"start": item["current_period_start"], "end": item["current_period_end"]}
    return _line(subscription, item, round(whole * share), period, f"{item['quantity']} × {name}")


def proration(subscription: Document, item: Document, share: Fraction, now: int) -> Document:
    """The rest of the item's period from now on; a negative share gives it back."""
    words = "Unused time on" if share < 0 else "Remaining time on"
    name = item["price"]["nickname"] or "Recurring gift"
    amount = round(item["price"]["unit_amount"] * item["quantity"] * share)
    period = {"start": now, "end": item["current_period_end"]}
    line = _line(subscription, item, amount, period, f"{words} {item['quantity']} × {name}")
    line["parent"]["subscription_item_details"]["proration"] = True
    return line


def _line(
    subscription: Document, item: Document, amount: int, period: dict[str, int], description: str
) -> Document:
    price = item["price"]
    return {
        "id": new_id("il"),
        "object": "line_item",
        "amount": amount,
        "currency": price["currency"],
        "description": description,
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": None,
        "livemode": False,
        "metadata": dict(subscription["metadata"]),
        "parent": {
            "invoice_item_details": None,
            "subscription_item_details": {
                "invoice_item": None,
                "proration": False,
                "proration_details": {"credited_items": None},
                "subscription": subscription["id"],
                "subscription_item": item["id"],
            },
            "type": "subscription_item_details",
        },
        "period": period,
        "pretax_credit_amounts": [],
        "pricing": {
            "price_details": {"price": price["id"], "product": price["product"]},
            "type": "price_details",
            "unit_amount_decimal": price["unit_amount_decimal"],
        },
        "quantity": item["quantity"],
        "subtotal": amount,
        "taxes": [],
    }
