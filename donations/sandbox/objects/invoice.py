"""Invoices, without the fields that naive code looks for: see `parent` and `payments` instead."""

from __future__ import annotations

from donations.sandbox.api.call import Call
from donations.sandbox.api.lists import as_list, equal_to, in_range, list_objects
from donations.sandbox.api.support import refuse_other_filters
from donations.sandbox.document import Document
from donations.sandbox.ids import new_id
from donations.sandbox.objects.invoice_line import line_of_item
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
SECONDS_AS_DRAFT = 3600
"""How long a renewal's invoice may still be changed before it is finalized and charged."""
_TRANSITIONS = ("finalized_at", "marked_uncollectible_at", "paid_at", "voided_at")


def new_draft(
    world: World,
    subscription: Document,
    customer: Document,
    *,
    reason: str,
    period_start: int,
    lines: list[Document] | None = None,
    finalizes_at: int | None = None,
    advances: bool = True,
) -> Document:
    """A draft of `lines`, or else of the current period of the subscription.

    `period_start` begins the invoice's own period, which is the one that has just ended; the first
    invoice (`subscription_create`) has none and spans no time.
    """
    draft = draft_document(world, subscription, customer, reason=reason, period_start=period_start)
    invoice_id = new_id("in")
    billed = [line_of_item(subscription, item) for item in subscription["items"]["data"]]
    lines = [{**line, "invoice": invoice_id} for line in (billed if lines is None else lines)]
    return world.store.save(
        {
            "id": invoice_id,
            **draft,
            **dict.fromkeys(_TOTALS, sum(line["amount"] for line in lines)),
            "auto_advance": advances,
            "automatically_finalizes_at": finalizes_at if advances else None,
            "lines": as_list(lines, f"/v1/invoices/{invoice_id}/lines"),
            "next_payment_attempt": finalizes_at if advances else None,
        }
    )


def manual_draft(world: World, customer: Document, currency: str, lines: list[Document]) -> Document:
    """A draft that no subscription asked for: it bills what has gathered, and waits until it is told."""
    now, invoice_id = world.now(), new_id("in")
    total = sum(line["amount"] for line in lines)
    return world.store.save(
        {
            "id": invoice_id,
            **_blank(world, customer, currency, "manual"),
            **dict.fromkeys(_TOTALS, total),
            "amount_due": max(0, total),
            "auto_advance": False,
            "lines": as_list(
                [{**line, "invoice": invoice_id} for line in lines], f"/v1/invoices/{invoice_id}/lines"
            ),
            "parent": None,
            "period_end": now,
            "period_start": now,
        }
    )


def with_line(draft: Document, line: Document) -> Document:
    """One more line on a draft, and its sums."""
    lines = [*draft["lines"]["data"], {**line, "invoice": draft["id"]}]
    total = sum(each["amount"] for each in lines)
    return {
        **draft,
        **dict.fromkeys(_TOTALS, total),
        "amount_due": max(0, total),
        "lines": {**draft["lines"], "data": lines},
    }


def draft_document(
    world: World, subscription: Document, customer: Document, *, reason: str, period_start: int
) -> Document:
    """An invoice without lines and without an id."""
    return {
        **_blank(world, customer, subscription["currency"], reason),
        "parent": _parent(subscription),
        "period_end": subscription["items"]["data"][0]["current_period_start"],
        "period_start": period_start,
    }


def _blank(world: World, customer: Document, currency: str, reason: str) -> Document:
    return {
        "object": "invoice",
        **dict.fromkeys(_ABSENT),
        **dict.fromkeys(_ZERO, 0),
        **dict.fromkeys(_TOTALS, 0),
        **{name: [] for name in _EMPTY},
        "account_country": "NL",
        "account_name": "Sandbox",
        "attempted": False,
        "auto_advance": True,
        "automatic_tax": {"enabled": False, **dict.fromkeys(_AUTOMATIC_TAX)},
        "billing_reason": reason,
        "collection_method": "charge_automatically",
        "created": world.now(),
        "currency": currency,
        **_billed_to(customer),
        "issuer": {"type": "self"},
        "livemode": False,
        "metadata": {},
        "payment_settings": dict.fromkeys(_PAYMENT_SETTINGS),
        "starting_balance": customer["balance"],
        "status": "draft",
        "status_transitions": dict.fromkeys(_TRANSITIONS),
        "test_clock": customer["test_clock"],
    }


def upcoming(world: World, subscription: Document, customer: Document, period_start: int) -> Document:
    """The invoice of the next period, days before there is one: it has no id yet."""
    draft = draft_document(world, subscription, customer, reason="upcoming", period_start=period_start)
    lines = [line_of_item(subscription, item) for item in subscription["items"]["data"]]
    total = sum(line["amount"] for line in lines)
    next_at = subscription["items"]["data"][0]["current_period_start"] + SECONDS_AS_DRAFT
    return {
        **draft,
        **dict.fromkeys(_TOTALS, total),
        "amount_due": max(0, total + customer["balance"]),
        "lines": as_list(lines, "/v1/invoices/upcoming/lines"),
        "next_payment_attempt": next_at,
    }


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
    """Draft becomes open, with a number from the customer's own series.

    The customer's balance is used up first, and takes what a negative invoice gives back. `customer`
    is changed in place, for those who go on with it.
    """
    now, number = world.now(), customer["next_invoice_sequence"]
    starting = customer["balance"]
    due = max(0, invoice["total"] + starting)
    customer["next_invoice_sequence"] = number + 1
    customer["balance"] = invoice["total"] + starting - due
    world.store.save(customer)
    return world.store.save(
        {
            **invoice,
            "amount_due": due,
            "amount_remaining": due,
            "attempted": True,
            "automatically_finalizes_at": None,
            "effective_at": now,
            "ending_balance": customer["balance"],
            "hosted_invoice_url": f"{world.base_url}/i/{invoice['id']}",
            "invoice_pdf": f"{world.base_url}/i/{invoice['id']}/pdf",
            "next_payment_attempt": None,
            "number": f"{customer['invoice_prefix']}-{number:04d}",
            "starting_balance": starting,
            "status": "open",
            "status_transitions": {**invoice["status_transitions"], "finalized_at": now},
        }
    )


def mark_paid(world: World, invoice: Document, *, attempts: int | None = None) -> Document:
    """Paid in full; `attempts` replaces the count where this payment was not one of the retries."""
    tried = invoice["attempt_count"] + 1 if attempts is None else attempts
    return world.store.save(
        {
            **invoice,
            "amount_paid": invoice["amount_due"],
            "amount_remaining": 0,
            "attempt_count": tried,
            "attempted": True,
            "auto_advance": False,
            "next_payment_attempt": None,
            "status": "paid",
            "status_transitions": {**invoice["status_transitions"], "paid_at": world.now()},
        }
    )


def close(world: World, invoice: Document, status: str) -> Document:
    """`void` or `uncollectible`: nobody goes on asking for the money."""
    name = {"void": "voided_at", "uncollectible": "marked_uncollectible_at"}[status]
    return world.store.save(
        {
            **invoice,
            "auto_advance": False,
            "automatically_finalizes_at": None,
            "next_payment_attempt": None,
            "status": status,
            "status_transitions": {**invoice["status_transitions"], name: world.now()},
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
