"""A payment that a bank contests; a row of its own, beside the donation."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from donations.domain.disputes import DisputeStatus
from donations.models.base import Base, BigId, currency_is_iso, enum_of


class Dispute(Base):
    """Amounts are in minor units."""

    __tablename__ = "dispute"
    __table_args__ = (
        CheckConstraint("amount > 0", "amount_is_positive"),
        currency_is_iso(),
        Index("ix_dispute_opened_at", "opened_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    stripe_dispute_id: Mapped[str] = mapped_column(String(255), unique=True)
    donation_id: Mapped[int] = mapped_column(BigId, ForeignKey("donation.id"), index=True)
    amount: Mapped[int] = mapped_column(BigId)
    currency: Mapped[str] = mapped_column(String(3))
    status: Mapped[DisputeStatus] = mapped_column(enum_of(DisputeStatus, "status"))
    reason: Mapped[str | None] = mapped_column(String(64))
    opened_at: Mapped[datetime]
    opened_on: Mapped[date]
    """The day in the reporting zone."""
    recorded_at: Mapped[datetime]
