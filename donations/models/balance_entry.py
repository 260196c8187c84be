"""One movement on our balance at Stripe, as it was listed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from donations.models.base import Base, BigId, currency_is_iso


class BalanceEntry(Base):
    """Stripe's side of the books, kept as Stripe says it even where it does not add up: that is for the books
    to find. Amounts are in minor units of the settlement currency, and less than nothing where money left."""

    __tablename__ = "balance_entry"
    __table_args__ = (
        currency_is_iso(),
        Index("ix_balance_entry_created_at", "created_at"),
        Index("ix_balance_entry_stripe_source_id", "stripe_source_id"),
        Index("ix_balance_entry_stripe_payment_intent_id", "stripe_payment_intent_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    stripe_balance_transaction_id: Mapped[str] = mapped_column(String(255), unique=True)
    type: Mapped[str] = mapped_column(String(64))
    source_kind: Mapped[str | None] = mapped_column(String(64))
    """charge, refund or dispute; None for what is no gift's, such as a payout."""
    stripe_source_id: Mapped[str | None] = mapped_column(String(255))
    stripe_payment_intent_id: Mapped[str | None] = mapped_column(String(255))
    currency: Mapped[str] = mapped_column(String(3))
    amount: Mapped[int] = mapped_column(BigId)
    fee: Mapped[int] = mapped_column(BigId)
    net: Mapped[int] = mapped_column(BigId)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    """When it was last listed."""
