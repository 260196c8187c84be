"""What the rows must say that are tried on a schema, where a table has rules of its own.

For each table, the row in which all is given that goes together, and the one without what can be left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

SEEDED: Final = frozenset({"audit_head", "rollup_state"})
"""Tables whose one row a migration added: code only changes it."""

SAMPLES: Final[Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any]]]] = {
    "donation": (
        {
            "source": "stripe", "method": None, "entry_nonce": None, "refunded_amount": 1,
            "settled_amount": 1001, "fee_amount": 1, "net_amount": 1000,
        },
        {"source": "offline", "refunded_amount": 0},
    ),
    "gift_change": ({"status": "accepted"}, {"status": "asking"}),
    "issued_document": (
        {"kind": "receipt", "year": None},
        {"kind": "statement", "year": 2026},
    ),
    "movement": (
        {
            "kind": "churned", "supporters": -1, "supporters_in_currency": -1, "annual_before": 1001,
            "annual_amount": -1001, "frequency": "annual", "switched_from": "monthly",
        },
        {"kind": "new", "supporters": 1, "supporters_in_currency": 1, "annual_before": 0},
    ),
    "outbox_message": ({"status": "sent"}, {"status": "waiting"}),
    "payment_failure": ({"given_up_at": None}, {}),
    "reference_rate": (
        {"currency": "usd", "month": date(2026, 11, 1)},
        {"currency": "usd", "month": date(2026, 12, 1)},
    ),
    "subscription": (
        {"standing": "canceled", "frequency": "monthly"},
        {"standing": "active", "frequency": "annual"},
    ),
}  # fmt: skip
