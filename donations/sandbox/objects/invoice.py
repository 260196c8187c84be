"""Invoices, without the fields that naive code looks for: see `parent` and `payments` instead."""

from __future__ import annotations

from donations.sandbox.api.call import Call
from donations.sandbox.api.lists import as_list, equal_to, in_range, list_objects
from donations.sandbox.document import Document
from donations.sandbox.ids import new_id
from donations.sandbox.store import Condition
from donations.sandbox.world import World


def new_draft(
    world: World, subscription: Document, customer: Document, *, reason: str, period_start: int
) -> Document:
    """A draft that charges the current period of the subscription.

    `period_start` begins the invoice's own period, which is the one that has just ended; the first
    invoice (`subscription_create`) has none and spans no time.
    """
    now = world.now()
    invoice_id = new_id("in")
    lines = [_new_line(invoice_id, subscription, item) for item in subscription["items"]["data"]]
    total = sum(line["amount"] for line in lines)
    start = subscription["items"]["data"][0]["current_period_start"]
    return world.store.save(
        {
            "id": invoice_id,
            "object": "invoice",
            "account_country": "NL",
            "account_name": "Sandbox",
            "account_tax_ids": None,
            "amount_due": total,
            "amount_overpaid": 0,
            "amount_paid": 0,
            "amount_paid_off_stripe": 0,
            "amount_remaining": total,
            "amount_shipping": 0,
            "application": None,
            "attempt_count": 0,
            "attempted": False,
            "auto_advance": True,
            "automatic_tax": {
                "disabled_reason": None, "enabled": False, "liability": None, "provider": None,
                "status": None,
            },
            "automatically_finalizes_at": None,
            "billing_reason": reason,
            "collection_method": "charge_automatically",
            "created": now,
            "currency": subscription["currency"],
            "custom_fields": None,
            "customer": customer["id"],
            "customer_account": None,
            "customer_address": None,
            "customer_email": customer["email"],
            "customer_name": customer["name"],
            "customer_phone": None,
            "customer_shipping": None,
            "customer_tax_exempt": "none",
            "customer_tax_ids": [],
            "default_payment_method": None,
            "default_source": None,
            "default_tax_rates": [],
            "description": None,
            "discounts": [],
            "due_date": None,
            "effective_at": None,
            "ending_balance": None,
            "footer": None,
            "from_invoice": None,
            "hosted_invoice_url": None,
            "invoice_pdf": None,
            "issuer": {"type": "self"},
            "last_finalization_error": None,
            "latest_revision": None,
            "lines": as_list(lines, f"/v1/invoices/{invoice_id}/lines"),
            "livemode": False,
            "metadata": {},
            "next_payment_attempt": None,
            "number": None,
            "on_behalf_of": None,
            "parent": {
                "quote_details": None,
                "subscription_details": {
                    "metadata": dict(subscription["metadata"]),
                    "subscription": subscription["id"],
                },
                "type": "subscription_details",
            },
            "payment_settings": {
                "default_mandate": None, "payment_method_options": None, "payment_method_types": None,
            },
            "period_end": start,
            "period_start": period_start,
            "post_payment_credit_notes_amount": 0,
            "pre_payment_credit_notes_amount": 0,
            "receipt_number": None,
            "rendering": None,
            "shipping_cost": None,
            "shipping_details": None,
            "starting_balance": 0,
            "statement_descriptor": None,
            "status": "draft",
            "status_transitions": {
                "finalized_at": None, "marked_uncollectible_at": None, "paid_at": None, "voided_at": None,
            },
            "subtotal": total,
            "subtotal_excluding_tax": total,
            "test_clock": None,
            "total": total,
            "total_discount_amounts": [],
            "total_excluding_tax": total,
            "total_pretax_credit_amounts": [],
            "total_taxes": [],
            "webhooks_delivered_at": None,
        }
    )  # fmt: skip


def finalize(world: World, invoice: Document, customer: Document) -> Document:
    """Draft becomes open, with a number from the customer's own series."""
    now, number = world.now(), customer["next_invoice_sequence"]
    customer["next_invoice_sequence"] = number + 1
    world.store.save(customer)
    return world.store.save(
        {
            **invoice,
            "attempted": True,
            "effective_at": now,
            "ending_balance": 0,
            "hosted_invoice_url": f"{world.base_url}/i/{invoice['id']}",
            "invoice_pdf": f"{world.base_url}/i/{invoice['id']}/pdf",
            "number": f"{customer['invoice_prefix']}-{number:04d}",
            "status": "open",
            "status_transitions": {**invoice["status_transitions"], "finalized_at": now},
        }
    )


def mark_paid(world: World, invoice: Document) -> Document:
    transitions = {**invoice["status_transitions"], "paid_at": world.now()}
    return world.store.save(
        {
            **invoice,
            "amount_paid": invoice["amount_due"],
            "amount_remaining": 0,
            "attempt_count": invoice["attempt_count"] + 1,
            "attempted": True,
            "auto_advance": False,
            "next_payment_attempt": None,
            "status": "paid",
            "status_transitions": transitions,
        }
    )


def list_(call: Call) -> Document:
    conditions = equal_to(call.parameters, "customer", "status", "collection_method")
    if call.parameters.get("subscription"):
        field = "parent.subscription_details.subscription"
        conditions.append(Condition(field, call.parameters["subscription"]))
    conditions += in_range("due_date", call.parameters.get("due_date"))
    return list_objects(call.world, "invoice", "/v1/invoices", call.parameters, conditions)


def _new_line(invoice_id: str, subscription: Document, item: Document) -> Document:
    price, amount = item["price"], item["price"]["unit_amount"] * item["quantity"]
    return {
        "id": new_id("il"),
        "object": "line_item",
        "amount": amount,
        "currency": price["currency"],
        "description": f"{item['quantity']} × {price['nickname'] or 'Recurring gift'}",
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": invoice_id,
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
        "period": {"end": item["current_period_end"], "start": item["current_period_start"]},
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
