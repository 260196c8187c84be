"""Invoices, without the fields that naive code looks for: see `parent` and `payments` instead."""

from __future__ import annotations

from donations.sandbox.api.call import Call
from donations.sandbox.api.lists import as_list, equal_to, in_range, list_objects
from donations.sandbox.api.support import refuse_other_filters
from donations.sandbox.document import Document
from donations.sandbox.ids import new_id
from donations.sandbox.store import Condition
from donations.sandbox.world import World

_ABSENT = (
    "account_tax_ids", "application", "automatically_finalizes_at", "custom_fields", "customer_account",
    "customer_address", "customer_phone", "customer_shipping", "default_payment_method",
    "default_source", "description", "due_date", "effective_at", "ending_balance", "footer",
    "from_invoice", "hosted_invoice_url", "invoice_pdf", "last_finalization_error", "latest_revision",
    "next_payment_attempt", "number", "on_behalf_of", "receipt_number", "rendering", "shipping_cost",
    "shipping_details", "statement_descriptor", "test_clock", "webhooks_delivered_at",
)  # fmt: skip
"""Fields that are there and null, for as long as the sandbox has nothing to put into them."""
_ZERO = (
    "amount_overpaid", "amount_paid", "amount_paid_off_stripe", "amount_shipping", "attempt_count",
    "post_payment_credit_notes_amount", "pre_payment_credit_notes_amount", "starting_balance",
)  # fmt: skip
_TOTALS = (
    "amount_due", "amount_remaining", "subtotal", "subtotal_excluding_tax", "total", "total_excluding_tax",
)  # fmt: skip
_EMPTY = (
    "customer_tax_ids", "default_tax_rates", "discounts", "total_discount_amounts",
    "total_pretax_credit_amounts", "total_taxes",
)  # fmt: skip
_AUTOMATIC_TAX = ("disabled_reason", "liability", "provider", "status")
_PAYMENT_SETTINGS = ("default_mandate", "payment_method_options", "payment_method_types")
_TRANSITIONS = ("finalized_at", "marked_uncollectible_at", "paid_at", "voided_at")


def new_draft(
    world: World, subscription: Document, customer: Document, *, reason: str, period_start: int
) -> Document:
    """A draft that charges the current period of the subscription.

    `period_start` begins the invoice's own period, which is the one that has just ended; the first
    invoice (`subscription_create`) has none and spans no time.
    """
    invoice_id = new_id("in")
    lines = [_new_line(invoice_id, subscription, item) for item in subscription["items"]["data"]]
    return world.store.save(
        {
            "id": invoice_id,
            "object": "invoice",
            **dict.fromkeys(_ABSENT),
            **dict.fromkeys(_ZERO, 0),
            **dict.fromkeys(_TOTALS, sum(line["amount"] for line in lines)),
            **{name: [] for name in _EMPTY},
            "account_country": "NL",
            "account_name": "Sandbox",
            "attempted": False,
            "auto_advance": True,
            "automatic_tax": {"enabled": False, **dict.fromkeys(_AUTOMATIC_TAX)},
            "billing_reason": reason,
            "collection_method": "charge_automatically",
            "created": world.now(),
            "currency": subscription["currency"],
            **_billed_to(customer),
            "issuer": {"type": "self"},
            "lines": as_list(lines, f"/v1/invoices/{invoice_id}/lines"),
            "livemode": False,
            "metadata": {},
            "parent": _parent(subscription),
            "payment_settings": dict.fromkeys(_PAYMENT_SETTINGS),
            "period_end": subscription["items"]["data"][0]["current_period_start"],
            "period_start": period_start,
            "status": "draft",
            "status_transitions": dict.fromkeys(_TRANSITIONS),
        }
    )


def _billed_to(customer: Document) -> Document:
    return {
        "customer": customer["id"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "customer_tax_exempt": customer["tax_exempt"],
    }


def _parent(subscription: Document) -> Document:
    details = {"metadata": dict(subscription["metadata"]), "subscription": subscription["id"]}
    return {"quote_details": None, "subscription_details": details, "type": "subscription_details"}


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
    plain = ("customer", "status", "collection_method")
    refuse_other_filters(call.parameters, {*plain, "due_date", "subscription"})
    conditions = equal_to(call.parameters, *plain)
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
