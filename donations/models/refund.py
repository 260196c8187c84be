"""Money given back; a row of its own, never a negative donation."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from donations.domain.refunds import RefundStatus
from donations.models.base import Base, BigId, currency_is_iso, enum_of


class Refund(Base):
    """Amounts are in minor units. Only a succeeded refund counts, and one may still fail later."""

    __tablename__ = "refund"
    __table_args__ = (
        CheckConstraint("amount > 0", "amount_is_positive"),
        currency_is_iso(),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    stripe_refund_id: Mapped[str] = mapped_column(String(255), unique=True)
    donation_id: Mapped[int] = mapped_column(BigId, ForeignKey("donation.id"), index=True)
    amount: Mapped[int] = mapped_column(BigId)
    currency: Mapped[str] = mapped_column(String(3))
    status: Mapped[RefundStatus] = mapped_column(enum_of(RefundStatus, "status"))
    reason: Mapped[str | None] = mapped_column(String(64))
    refunded_at: Mapped[datetime]
    refunded_on: Mapped[date]
    """The day in the reporting zone."""
    recorded_at: Mapped[datetime]
