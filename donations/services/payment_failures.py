"""Note that a recurring payment failed, and whether it recovered or was given up: each once."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import update
from sqlalchemy.orm import Session

from donations.domain.periods import local_day
from donations.models import PaymentFailure, Subscription
from donations.models.insert import insert_if_absent


def note(session: Session, row: Subscription, invoice_id: str, zone: ZoneInfo) -> None:
    """The payment of an invoice failed, or fails again."""
    assert row.failing_since is not None
    is_asked = row.confirmation_asked_at is not None
    values = {
        "stripe_invoice_id": invoice_id,
        "subscription_id": row.id,
        "frequency": row.frequency,
        "failed_at": row.failing_since,
        "failed_on": local_day(row.failing_since, zone),
        "needed_confirmation": is_asked,
    }
    if not insert_if_absent(session, PaymentFailure, values) and is_asked:
        of_invoice = PaymentFailure.stripe_invoice_id == invoice_id
        session.execute(update(PaymentFailure).where(of_invoice).values(needed_confirmation=True))


def note_recovery(session: Session, invoice_id: str | None, paid_at: datetime) -> None:
    """The invoice was paid after all; an invoice that never failed has no line, and gets none."""
    if invoice_id is not None:
        statement = update(PaymentFailure).where(
            PaymentFailure.stripe_invoice_id == invoice_id, PaymentFailure.recovered_at.is_(None)
        )
        session.execute(statement.values(recovered_at=paid_at, given_up_at=None))


def note_end(session: Session, row: Subscription, now: datetime) -> None:
    """What is still owed when a gift ends is not asked for any more."""
    statement = update(PaymentFailure).where(
        PaymentFailure.subscription_id == row.id,
        PaymentFailure.recovered_at.is_(None),
        PaymentFailure.given_up_at.is_(None),
    )
    session.execute(statement.values(given_up_at=now))
