"""Invoice items: an amount that waits for an invoice, and the line that it becomes."""

from __future__ import annotations

from typing import Any

from donations.sandbox.document import Document
from donations.sandbox.ids import new_id
from donations.sandbox.objects import metadata
from donations.sandbox.store import Condition
from donations.sandbox.world import World

KIND = "invoiceitem"


def new_item(world: World, customer: Document, given: dict[str, Any]) -> Document:
    now = world.now()
    return world.store.save(
        {
            "id": new_id("ii"),
            "object": KIND,
            "amount": given["amount"],
            "currency": given["currency"],
            "customer": customer["id"],
            "customer_account": None,
            "date": now,
            "description": given.get("description"),
            "discountable": True,
            "discounts": [],
            "invoice": given.get("invoice"),
            "livemode": False,
            "metadata": metadata.checked(given.get("metadata")),
            "net_amount": given["amount"],
            "parent": None,
            "period": {"end": now, "start": now},
            "pricing": None,
            "proration": False,
            "quantity": 1,
            "tax_rates": [],
            "test_clock": customer["test_clock"],
        }
    )


def waiting_items(world: World, customer_id: str, currency: str | None = None) -> list[Document]:
    """Oldest first: those that no invoice has taken yet, all of one currency."""
    found = world.store.search(KIND, [Condition("customer", customer_id)])
    waiting = [item for item in reversed(found) if item["invoice"] is None]
    wanted = currency or (waiting[0]["currency"] if waiting else None)
    return [item for item in waiting if item["currency"] == wanted]


def line_of(item: Document) -> Document:
    details = {
        "invoice_item": item["id"],
        "proration": False,
        "proration_details": {"credited_items": None},
        "subscription": None,
    }
    return {
        "id": new_id("il"),
        "object": "line_item",
        "amount": item["amount"],
        "currency": item["currency"],
        "description": item["description"],
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": item["invoice"],
        "livemode": False,
        "metadata": item["metadata"],
        "parent": {
            "invoice_item_details": details,
            "subscription_item_details": None,
            "type": "invoice_item_details",
        },
        "period": item["period"],
        "pretax_credit_amounts": [],
        "pricing": None,
        "quantity": item["quantity"],
        "subtotal": item["amount"],
        "taxes": [],
    }
