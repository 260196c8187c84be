"""A payment of a recurring gift that did not go through at first, and what became of it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from donations.domain.gifts import Frequency
from donations.models.base import Base, BigId, enum_of


class PaymentFailure(Base):
    """One an invoice, kept when all is well again: how many recover is worth knowing. What is owed now
    stands on the subscription."""

    __tablename__ = "payment_failure"
    __table_args__ = (
        CheckConstraint("recovered_at IS NULL OR given_up_at IS NULL", "ends_in_one_way"),
        Index("ix_payment_failure_failed_at", "failed_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    stripe_invoice_id: Mapped[str] = mapped_column(String(255), unique=True)
    subscription_id: Mapped[int] = mapped_column(BigId, ForeignKey("subscription.id"), index=True)
    frequency: Mapped[Frequency] = mapped_column(enum_of(Frequency, "frequency"))
    """The rhythm that the payment was asked for in, whatever the gift's is now."""
    failed_at: Mapped[datetime]
    """When we learnt of its first failure."""
    failed_on: Mapped[date]
    """The day in the reporting zone."""
    needed_confirmation: Mapped[bool]
    """Whether the bank had asked the supporter to confirm it (3-D Secure)."""
    recovered_at: Mapped[datetime | None]
    """When the payment was made after all, by Stripe's clock."""
    given_up_at: Mapped[datetime | None]
    """When it was no longer asked for."""
