"""Refunds: money back, whole or in part, never more than was paid."""

from __future__ import annotations

from donations.sandbox.api.call import Call
from donations.sandbox.api.errors import ApiError, invalid, missing
from donations.sandbox.api.support import refuse_all_but
from donations.sandbox.document import Document
from donations.sandbox.ids import new_id
from donations.sandbox.money import display
from donations.sandbox.objects import metadata
from donations.sandbox.objects.balance_transaction import for_refund
from donations.sandbox.objects.lookup import referenced, required
from donations.sandbox.webhooks.events import differences, emit
from donations.sandbox.world import World


def create(call: Call) -> Document:
    world, given = call.world, call.parameters
    refuse_all_but(given, ["amount", "charge", "metadata", "payment_intent", "reason"])
    charge = _charge(call)
    amount = _amount(charge, given.get("amount"))
    refund = _new_refund(world, charge, amount, given.get("reason"), metadata.checked(given.get("metadata")))
    refunded = charge["amount_refunded"] + amount
    changed = {**charge, "amount_refunded": refunded, "refunded": refunded == charge["amount"]}
    world.store.save(changed)
    emit(world, "refund.created", refund)
    emit(world, "charge.refunded", changed, differences(charge, changed))
    known = {**refund, "destination_details": _destination(charge, refund, "available")}
    world.store.save(known)
    previous = differences(refund, known)
    emit(world, "refund.updated", known, previous)
    emit(world, "charge.refund.updated", known, previous)
    return refund


def update(call: Call) -> Document:
    refund = required(call.world, "refund", call.path["refund"], "refund")
    given = call.parameters.get("metadata")
    changed = {**refund, "metadata": {} if given is None else metadata.merged(refund["metadata"], given)}
    call.world.store.save(changed)
    emit(call.world, "refund.updated", changed, differences(refund, changed))
    return changed


def _charge(call: Call) -> Document:
    given = call.parameters
    if "charge" in given and "payment_intent" in given:
        raise invalid("You may only specify one of these parameters: charge, payment_intent.", "charge")
    if "charge" in given:
        charge = referenced(call.world, "charge", given["charge"], "charge")
    elif "payment_intent" in given:
        intent = referenced(call.world, "payment_intent", given["payment_intent"], "payment_intent")
        if intent["status"] != "succeeded":
            raise ApiError(
                f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
                code="payment_intent_unexpected_state",
                param="payment_intent",
            )
        charge = call.world.store.get(intent["latest_charge"])
    else:
        raise missing("charge")
    if charge["status"] != "succeeded":
        raise ApiError(f"Charge {charge['id']} did not succeed, so it cannot be refunded.", param="charge")
    if charge["refunded"]:
        message = f"Charge {charge['id']} has already been refunded."
        raise ApiError(message, code="charge_already_refunded")
    if charge["disputed"]:
        message = f"Charge {charge['id']} has been charged back; cannot issue a refund."
        raise ApiError(message, code="charge_disputed")
    return charge


def _amount(charge: Document, wanted: int | None) -> int:
    left, currency = charge["amount"] - charge["amount_refunded"], charge["currency"]
    if wanted is None:
        return left
    if wanted < 1:
        raise invalid("This value must be greater than or equal to 1.", "amount", "parameter_invalid_integer")
    if wanted > left:
        whole = "unrefunded amount on charge" if charge["amount_refunded"] else "charge amount"
        raise ApiError(
            f"Refund amount ({display(wanted, currency)}) is greater than {whole}"
            f" ({display(left, currency)})",
            param="amount",
        )
    return wanted


def _new_refund(
    world: World, charge: Document, amount: int, reason: str | None, given: dict[str, str]
) -> Document:
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
        "metadata": given,
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }
    refund["destination_details"] = _destination(charge, refund, "pending")
    refund["balance_transaction"] = for_refund(world, refund)["id"]
    return world.store.save(refund)


def _destination(charge: Document, refund: Document, status: str) -> Document:
    """The reference by which a bank finds the refund arrives after the refund itself."""
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
