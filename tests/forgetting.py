"""Empty a database between the histories of one test.

A test may forget a ledger; the application never may.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

_LEDGERS = ("adjustment", "movement")
_TABLES = (
    "payment_failure", *_LEDGERS, "refund", "dispute", "donation", "subscription", "stripe_customer",
    "checkout", "visit_hour", "supporter", "origin",
)  # fmt: skip


def forget_everything(session: Session) -> None:
    """Supporters and what they gave; the sums of it are to be rebuilt."""
    for table in _LEDGERS:
        if session.get_bind().dialect.name == "sqlite":
            session.execute(text(f"DROP TRIGGER IF EXISTS {table}_is_kept_from_delete"))
        else:
            session.execute(text(f"DROP TRIGGER IF EXISTS {table}_is_kept ON {table}"))
    for name in _TABLES:
        session.execute(text(f"DELETE FROM {name}"))
