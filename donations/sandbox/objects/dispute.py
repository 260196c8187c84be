"""Disputes: a bank takes the money back. The sandbox opens one for the card that ends in 0259."""

from __future__ import annotations

from donations.sandbox.document import Document
from donations.sandbox.ids import new_id
from donations.sandbox.objects.balance_transaction import for_dispute
from donations.sandbox.webhooks.events import emit
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
_DAYS_TO_RESPOND = 9


def open_dispute(world: World, charge: Document) -> Document:
    """Dispute the whole charge: the amount and a fee leave the account at once."""
    dispute = _new_dispute(world, charge)
    world.store.save({**charge, "disputed": True})
    emit(world, "charge.dispute.created", dispute)
    dispute["balance_transactions"] = [for_dispute(world, dispute)]
    world.store.save(dispute)
    emit(world, "charge.dispute.funds_withdrawn", dispute)
    return dispute


def _new_dispute(world: World, charge: Document) -> Document:
    return world.store.save(
        {
            "id": new_id("du"),
            "object": "dispute",
            "amount": charge["amount"],
            "balance_transactions": [],
            "charge": charge["id"],
            "created": world.now(),
            "currency": charge["currency"],
            "enhanced_eligibility_types": [],
            "evidence": {**dict.fromkeys(_EVIDENCE), "enhanced_evidence": {}},
            "evidence_details": {
                "due_by": world.now() + _DAYS_TO_RESPOND * 86400,
                "enhanced_eligibility": {},
                "has_evidence": False,
                "past_due": False,
                "submission_count": 0,
            },
            "is_charge_refundable": False,
            "livemode": False,
            "metadata": {},
            "payment_intent": charge["payment_intent"],
            "payment_method_details": {
                "card": {
                    "brand": charge["payment_method_details"]["card"]["brand"],
                    "case_type": "chargeback",
                    "network": "visa",
                    "network_reason_code": "10.4",
                },
                "type": "card",
            },
            "reason": "fraudulent",
            "status": "needs_response",
        }
    )
