"""Give a payment back, never more than was paid; and what the bank makes of it later.

refund.created, charge.refunded, refund.updated, charge.refund.updated. A debit's refund is pending
for days before the last two; a refund that fails later ends with refund.failed, refund.updated,
charge.refund.updated, and a charge that is less refunded than it was.
"""

from __future__ import annotations

from typing import Any

from donations.sandbox.api.call import Call
from donations.sandbox.api.errors import ApiError, invalid, missing
from donations.sandbox.api.support import refuse_all_but
from donations.sandbox.cards import Behaviour
from donations.sandbox.document import Document
from donations.sandbox.flows.trouble import close_dispute, is_blocked
from donations.sandbox.money import display
from donations.sandbox.objects import metadata
from donations.sandbox.objects.balance_transaction import for_failed_refund
from donations.sandbox.objects.early_fraud_warning import settle_warnings
from donations.sandbox.objects.lookup import referenced, required
from donations.sandbox.objects.refund import as_arrived, as_failed, new_refund, with_reference
from donations.sandbox.store import Condition
from donations.sandbox.tasks import schedule
from donations.sandbox.webhooks.events import differences, emit
from donations.sandbox.world import World

_DAYS_UNTIL_ARRIVED = 3
_DAYS_UNTIL_FAILED = 1


def create(call: Call) -> Document:
    world, given = call.world, call.parameters
    refuse_all_but(given, ["amount", "charge", "metadata", "payment_intent", "reason"])
    charge = _charge(call)
    refund = _refund(world, charge, _amount(charge, given.get("amount")), given)
    total = charge["amount_refunded"] + refund["amount"]
    refunded = {**charge, "amount_refunded": total, "refunded": total == charge["amount"]}
    world.store.save(refunded)
    emit(world, "refund.created", refund)
    emit(world, "charge.refunded", refunded, differences(charge, refunded))
    if refund["status"] == "succeeded":
        _tell(world, refund, world.store.save(with_reference(refund, charge)))
    if refunded["refunded"]:
        _settle_suspicions(world, refunded)
    return refund


def update(call: Call) -> Document:
    refund = required(call.world, "refund", call.path["refund"], "refund")
    given = call.parameters.get("metadata")
    changed = {**refund, "metadata": {} if given is None else metadata.merged(refund["metadata"], given)}
    call.world.store.save(changed)
    _tell(call.world, refund, changed)
    return changed


def arrive(world: World, refund_id: str) -> None:
    """The bank has it. Nothing happens to a refund that has ended already."""
    before = world.store.get(refund_id)
    if before["status"] == "pending":
        _tell(world, before, world.store.save(as_arrived(before, world.store.get(before["charge"]))))


def fail(world: World, refund_id: str) -> None:
    """The bank sends the money back: it is in the balance again, and the charge is less refunded."""
    before = world.store.get(refund_id)
    if before["status"] not in {"pending", "succeeded"}:
        return
    charge = world.store.get(before["charge"])
    failed = world.store.save(as_failed(before, charge, for_failed_refund(world, before)["id"]))
    less = {**charge, "amount_refunded": charge["amount_refunded"] - before["amount"], "refunded": False}
    world.store.save(less)
    previous = differences(before, failed)
    for type in ("refund.failed", "refund.updated", "charge.refund.updated"):
        emit(world, type, failed, previous)
    emit(world, "charge.updated", less, differences(charge, less))


def _tell(world: World, before: Document, after: Document) -> None:
    previous = differences(before, after)
    if previous:
        emit(world, "refund.updated", after, previous)
        emit(world, "charge.refund.updated", after, previous)


def _refund(world: World, charge: Document, amount: int, given: dict[str, Any]) -> Document:
    behaviour = world.store.private(charge["payment_method"])["behaviour"]
    is_debit = charge["payment_method_details"]["type"] == "sepa_debit"
    waits = is_debit or behaviour == Behaviour.REFUND_WAITS
    refund = new_refund(world, charge, amount, "pending" if waits else "succeeded", given)
    if waits:
        schedule(world, "refund_arrives", refund["id"], delay=_DAYS_UNTIL_ARRIVED * 86400)
    elif behaviour == Behaviour.REFUND_FAILS:
        schedule(world, "refund_fails", refund["id"], delay=_DAYS_UNTIL_FAILED * 86400)
    return refund


def _settle_suspicions(world: World, charge: Document) -> None:
    """A reader who has everything back has nothing left to inquire about."""
    settle_warnings(world, charge)
    for dispute in world.store.search("dispute", [Condition("charge", charge["id"])]):
        if dispute["status"] in {"warning_needs_response", "warning_under_review"}:
            close_dispute(world, dispute, "warning_closed")


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
    _check_refundable(call.world, charge)
    return charge


def _check_refundable(world: World, charge: Document) -> None:
    if charge["status"] != "succeeded" or not charge["captured"]:
        raise ApiError(f"Charge {charge['id']} did not succeed, so it cannot be refunded.", param="charge")
    if charge["refunded"]:
        message = f"Charge {charge['id']} has already been refunded."
        raise ApiError(message, code="charge_already_refunded")
    if is_blocked(world, charge):
        message = f"Charge {charge['id']} has been charged back; cannot issue a refund."
        raise ApiError(message, code="charge_disputed")


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
