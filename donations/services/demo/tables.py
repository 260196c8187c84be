"""Which tables are filled, in an order in which what is named is there before it is named.

Rows are plain tuples in the order of these columns; instants and days are text (see `moments`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

Row = tuple[object, ...]

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "origin": ("id", "campaign", "article", "placement", "variant"),
    "supporter": (
        "id", "reference", "email_index", "email_sealed", "name_sealed", "data_key_sealed", "master_key_id",
        "wants_newsletter", "language", "neutral_subjects_since", "suppressed_at", "suppression_reason",
        "erased_at", "created_at",
    ),
    "erasure": ("supporter_id", "asked_at", "tries", "next_try_at", "finished_at"),
    "stripe_customer": (
        "stripe_customer_id", "supporter_id", "stripe_payment_method_id", "created_at",
    ),
    "checkout": (
        "id", "reference", "supporter_id", "status", "frequency", "currency", "gift_amount", "charge_amount",
        "wants_newsletter", "name_sealed", "locale", "nonce", "idempotency_key", "parameters_sealed",
        "stripe_session_id", "stripe_payment_intent_id", "stripe_subscription_id", "campaign", "article",
        "placement", "variant", "created_at", "expires_at", "first_charge_at", "ended_at",
    ),
    "subscription": (
        "id", "stripe_subscription_id", "stripe_customer_id", "supporter_id", "checkout_id", "origin_id",
        "standing", "frequency", "amount", "currency", "started_at", "first_paid_at",
        "current_period_ends_at", "cancels_at", "ended_at", "end_reason", "cancels_at_period_end",
        "is_collection_paused", "resumes_at", "stripe_item_id", "stripe_product_id",
        "stripe_payment_method_id", "failing_invoice_id", "failing_since", "failing_next_try_at",
        "confirmation_asked_at", "kept_beside_others_at", "recorded_at",
    ),
    "donation": (
        "id", "supporter_id", "checkout_id", "subscription_id", "origin_id", "source", "frequency", "amount",
        "currency", "refunded_amount", "method", "entry_nonce", "stripe_payment_intent_id",
        "stripe_charge_id", "stripe_invoice_id", "settlement_currency", "settled_amount",
        "fee_amount", "net_amount", "settlement_recorded_at", "charged_at", "charged_on", "recorded_at",
    ),
    "refund": (
        "id", "stripe_refund_id", "donation_id", "amount", "currency", "status", "reason", "refunded_at",
        "refunded_on", "recorded_at",
    ),
    "dispute": (
        "id", "stripe_dispute_id", "donation_id", "amount", "currency", "status", "reason", "opened_at",
        "opened_on", "recorded_at",
    ),
    "adjustment": (
        "id", "donation_id", "kind", "stripe_id", "amount", "currency", "occurred_at", "occurred_on",
        "recorded_at",
    ),
    "movement": (
        "id", "supporter_id", "subscription_id", "kind", "cause", "tag", "currency", "frequency",
        "switched_from", "annual_before", "annual_amount", "supporters", "supporters_in_currency",
        "occurred_at", "occurred_on", "recorded_at",
    ),
    "payment_failure": (
        "id", "stripe_invoice_id", "subscription_id", "frequency", "failed_at", "failed_on",
        "needed_confirmation", "recovered_at", "given_up_at",
    ),
    "gift_change": (
        "id", "reference", "subscription_id", "kind", "status", "nonce", "idempotency_key", "parameters",
        "wanted_amount", "wanted_frequency", "until", "reason", "tries", "next_try_at", "created_at",
        "answered_at",
    ),
}  # fmt: skip
SEALED: Final = frozenset(
    {"email_index", "email_sealed", "name_sealed", "data_key_sealed", "parameters_sealed"}
)
"""Columns of bytes."""
NUMBERED: Final = tuple(table for table, columns in COLUMNS.items() if columns[0] == "id")
"""Tables whose keys we give out ourselves."""


@dataclass(slots=True)
class Block:
    """The rows of some supporters, and the next free key of each table."""

    next_ids: dict[str, int]
    rows: dict[str, list[Row]] = field(default_factory=lambda: {table: [] for table in COLUMNS})

    def take_id(self, table: str) -> int:
        taken = self.next_ids[table]
        self.next_ids[table] = taken + 1
        return taken
