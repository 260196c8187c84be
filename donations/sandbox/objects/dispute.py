"""Disputes as documents: what a bank asks or takes back, and what was said against it."""

from __future__ import annotations

from typing import Literal

from donations.sandbox.document import Document
from donations.sandbox.ids import new_id
from donations.sandbox.objects import metadata
from donations.sandbox.world import World

_EVIDENCE = (
    "access_activity_log", "billing_address", "cancellation_policy", "cancellation_policy_disclosure",
    "cancellation_rebuttal", "customer_communication", "customer_email_address", "customer_name",
    "customer_purchase_ip", "customer_signature", "duplicate_charge_documentation",
    "duplicate_charge_explanation", "duplicate_charge_id", "product_description", "receipt", "refund_policy",
    "refund_policy_disclosure", "refund_refusal_explanation", "service_date", "service_documentation",
    "shipping_address", "shipping_carrier", "shipping_date", "shipping_documentation",
    "shipping_tracking_number", "uncategorized_file", "uncategorized_text",
)  # fmt: skip
DAYS_TO_RESPOND = 9

CaseType = Literal["chargeback", "inquiry"]
UNANSWERED = frozenset({"needs_response", "warning_needs_response"})
OPEN = UNANSWERED | {"under_review", "warning_under_review"}


def new_dispute(world: World, charge: Document, case_type: CaseType, amount: int, reason: str) -> Document:
    """Not yet a loss: the flow that opens it withdraws the money, unless it is only an inquiry."""
    card = charge["payment_method_details"].get("card")
    is_inquiry = case_type == "inquiry"
    return world.store.save(
        {
            "id": new_id("du"),
            "object": "dispute",
            "amount": amount,
            "balance_transactions": [],
            "charge": charge["id"],
            "created": world.now(),
            "currency": charge["currency"],
            "enhanced_eligibility_types": [],
            "evidence": {**dict.fromkeys(_EVIDENCE), "enhanced_evidence": {}},
            "evidence_details": {
                "due_by": world.now() + DAYS_TO_RESPOND * 86400,
                "enhanced_eligibility": {},
                "has_evidence": False,
                "past_due": False,
                "submission_count": 0,
            },
            "is_charge_refundable": is_inquiry,
            "livemode": False,
            "metadata": {},
            "payment_intent": charge["payment_intent"],
            **({"payment_method_details": _card_case(card, case_type)} if card else {}),
            "reason": reason,
            "status": "warning_needs_response" if is_inquiry else "needs_response",
        }
    )


def _card_case(card: Document, case_type: CaseType) -> Document:
    case = {
        "brand": card["brand"],
        "case_type": case_type,
        "network": card["brand"],
        "network_reason_code": "10.4" if card["brand"] == "visa" else "4837",
    }
    return {"card": case, "type": "card"}


def as_chargeback(dispute: Document) -> Document:
    """An inquiry that the bank was not content with."""
    changed = {**dispute, "is_charge_refundable": False, "status": "needs_response"}
    if "payment_method_details" in dispute:
        details = dispute["payment_method_details"]
        changed["payment_method_details"] = {
            **details,
            "card": {**details["card"], "case_type": "chargeback"},
        }
    return changed


def with_evidence(dispute: Document, given: Document) -> Document:
    evidence = {**dispute["evidence"], **given}
    has_any = any(evidence[name] for name in _EVIDENCE)
    details = {**dispute["evidence_details"], "has_evidence": has_any}
    return {**dispute, "evidence": evidence, "evidence_details": details}


def as_submitted(dispute: Document) -> Document:
    """Stripe sends it to the bank, which takes its time."""
    details = dispute["evidence_details"]
    warning = "warning_" if dispute["status"].startswith("warning_") else ""
    return {
        **dispute,
        "evidence_details": {**details, "submission_count": details["submission_count"] + 1},
        "status": f"{warning}under_review",
    }


def with_metadata(dispute: Document, given: dict[str, str] | None) -> Document:
    changed = {} if given is None else metadata.merged(dispute["metadata"], given)
    return {**dispute, "metadata": changed}
