"""Refunds as documents: money back, whole or in part."""

from __future__ import annotations

from typing import Any

from donations.sandbox.document import Document
from donations.sandbox.ids import new_id
from donations.sandbox.objects import metadata
from donations.sandbox.objects.balance_transaction import for_refund
from donations.sandbox.world import World


def new_refund(world: World, charge: Document, amount: int, status: str, given: dict[str, Any]) -> Document:
    """A refund leaves the balance at once, also while it is still `pending` at the bank."""
    refund: Document = {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": world.now(),
        "currency": charge["currency"],
        "customer": charge["customer"],
        "customer_account": None,
        "metadata": metadata.checked(given.get("metadata")),
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": given.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": status,
        "transfer_reversal": None,
    }
    if status == "pending":
        refund["pending_reason"] = "processing"
    refund["destination_details"] = _destination(charge, refund, "pending")
    refund["balance_transaction"] = for_refund(world, refund, charge)["id"]
    return world.store.save(refund)


def with_reference(refund: Document, charge: Document) -> Document:
    """The reference by which a bank finds the refund arrives after the refund itself."""
    return {**refund, "destination_details": _destination(charge, refund, "available")}


def as_arrived(refund: Document, charge: Document) -> Document:
    arrived = {**with_reference(refund, charge), "status": "succeeded"}
    arrived.pop("pending_reason", None)
    return arrived


def as_failed(refund: Document, charge: Document, failure_transaction: str) -> Document:
    is_card = charge["payment_method_details"]["type"] == "card"
    failed = {
        **refund,
        "failure_balance_transaction": failure_transaction,
        "failure_reason": "expired_or_canceled_card" if is_card else "unknown",
        "status": "failed",
    }
    failed.pop("pending_reason", None)
    return failed


def _destination(charge: Document, refund: Document, status: str) -> Document:
    if charge["payment_method_details"]["type"] == "sepa_debit":
        known = refund["id"][-16:] if status == "available" else None
        return {
            "eu_bank_transfer": {"reference": known, "reference_status": status},
            "type": "eu_bank_transfer",
        }
    card: Document = {
        "reference_status": status,
        "reference_type": "acquirer_reference_number",
        "type": "refund",
    }
    if status == "available":
        card["reference"] = refund["id"][-16:]
    return {"card": card, "type": "card"}
