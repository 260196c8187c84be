"""What a reader's bank does after a payment: an early warning, an inquiry, a dispute and its end.

Opened: charge.dispute.created, charge.dispute.funds_withdrawn. Won: charge.dispute.updated,
charge.updated, charge.dispute.funds_reinstated, charge.dispute.closed. Lost: the same without
funds_reinstated. An inquiry moves no money, until it is escalated.
"""

from __future__ import annotations

from donations.sandbox.api.errors import ApiError
from donations.sandbox.document import Document
from donations.sandbox.flows.payment import attach_balance_transaction
from donations.sandbox.objects.balance_transaction import for_dispute, for_won_dispute
from donations.sandbox.objects.dispute import (
    DAYS_TO_RESPOND,
    OPEN,
    UNANSWERED,
    CaseType,
    as_chargeback,
    new_dispute,
)
from donations.sandbox.objects.early_fraud_warning import new_warning, settle_warnings
from donations.sandbox.store import Condition
from donations.sandbox.tasks import schedule
from donations.sandbox.webhooks.events import differences, emit
from donations.sandbox.world import World


def open_dispute(
    world: World,
    charge: Document,
    case_type: CaseType = "chargeback",
    amount: int | None = None,
    reason: str = "fraudulent",
) -> Document:
    """Of what is left of the charge, if nothing else is said."""
    left = charge["amount"] - charge["amount_refunded"]
    wanted = left if amount is None else amount
    if charge["status"] != "succeeded" or charge["disputed"] or not 1 <= wanted <= left:
        raise ApiError("There is nothing on this charge that could be disputed.", param="charge")
    attach_balance_transaction(world, charge["id"])
    charge = world.store.save({**world.store.get(charge["id"]), "disputed": True})
    dispute = new_dispute(world, charge, case_type, wanted, reason)
    settle_warnings(world, charge)
    emit(world, "charge.dispute.created", dispute)
    if case_type == "chargeback":
        dispute = _withdraw(world, dispute, charge)
    schedule(world, "end_unanswered_dispute", dispute["id"], delay=DAYS_TO_RESPOND * 86400)
    return dispute


def close_dispute(world: World, before: Document, outcome: str) -> Document:
    """`won` brings the money back; `lost`, `warning_closed` and `prevented` leave it where it is."""
    if before["status"] not in OPEN:
        raise ApiError("This dispute is already closed.", param="dispute")
    closed = world.store.save({**before, "status": outcome})
    emit(world, "charge.dispute.updated", closed, differences(before, closed))
    # Stripe touches the charge too, in nothing that the API shows; `disputed` stays true for good.
    emit(world, "charge.updated", world.store.get(before["charge"]), {})
    if outcome == "won" and closed["balance_transactions"]:
        closed["balance_transactions"].append(for_won_dispute(world, closed))
        emit(world, "charge.dispute.funds_reinstated", world.store.save(closed))
    emit(world, "charge.dispute.closed", closed)
    return closed


def escalate(world: World, before: Document) -> Document:
    """An inquiry becomes a dispute proper, and only now the money goes."""
    if before["status"] not in {"warning_needs_response", "warning_under_review"}:
        raise ApiError("Only an open inquiry can be escalated.", param="dispute")
    after = world.store.save(as_chargeback(before))
    emit(world, "charge.dispute.updated", after, differences(before, after))
    return _withdraw(world, after, world.store.get(after["charge"]))


def close_as_it_stands(world: World, dispute: Document) -> Document:
    """Nobody defends it any more: a dispute is lost, an inquiry just ends."""
    is_inquiry = dispute["status"].startswith("warning_")
    return close_dispute(world, dispute, "warning_closed" if is_inquiry else "lost")


def is_blocked(world: World, charge: Document) -> bool:
    """Whether a dispute stands in the way of a refund: any but an inquiry or one that was won."""
    disputes = world.store.search("dispute", [Condition("charge", charge["id"])])
    return any(dispute["status"] in {"needs_response", "under_review", "lost"} for dispute in disputes)


def dispute_charge(world: World, charge_id: str) -> None:
    _open_if_possible(world, charge_id, "chargeback")


def inquire_about_charge(world: World, charge_id: str) -> None:
    _open_if_possible(world, charge_id, "inquiry")


def warn_of_fraud(world: World, charge_id: str) -> None:
    new_warning(world, world.store.get(charge_id))


def end_unanswered_dispute(world: World, dispute_id: str) -> None:
    dispute = world.store.get(dispute_id)
    if dispute["status"] in UNANSWERED:
        details = {**dispute["evidence_details"], "past_due": True}
        close_as_it_stands(world, {**dispute, "evidence_details": details})


def decide_dispute(world: World, dispute_id: str) -> None:
    """In test mode the words of the evidence say how the bank decides."""
    dispute = world.store.get(dispute_id)
    if dispute["status"] not in OPEN:
        return
    words = dispute["evidence"]["uncategorized_text"]
    if words == "escalate_inquiry_evidence" and dispute["status"].startswith("warning_"):
        escalate(world, dispute)
    elif words == "winning_evidence":
        is_inquiry = dispute["status"].startswith("warning_")
        close_dispute(world, dispute, "warning_closed" if is_inquiry else "won")
    elif words == "losing_evidence":
        close_as_it_stands(world, dispute)


def _open_if_possible(world: World, charge_id: str, case_type: CaseType) -> None:
    """The desk may have refunded the payment before the bank came to it."""
    charge = world.store.get(charge_id)
    if not charge["refunded"] and not charge["disputed"]:
        open_dispute(world, charge, case_type)


def _withdraw(world: World, dispute: Document, charge: Document) -> Document:
    """The amount and a fee leave the account at once."""
    taken = {**dispute, "balance_transactions": [for_dispute(world, dispute, charge)]}
    emit(world, "charge.dispute.funds_withdrawn", world.store.save(taken))
    return taken
