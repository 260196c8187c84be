"""One line of what was taken back from donations. Lines are added, never changed or taken away."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from donations.domain.adjustments import AdjustmentKind
from donations.models.base import Base, BigId, currency_is_iso, enum_of


class Adjustment(Base):
    """A refund that succeeded or a dispute that was lost, and its reversal where it is so no more.

    Refund and dispute rows say what is so now; these lines say when we came to know it, so that last
    month's figures can be shown as they were known then. A trigger refuses every UPDATE and DELETE.
    """

    __tablename__ = "adjustment"
    __table_args__ = (
        CheckConstraint("amount <> 0", "takes_something"),
        currency_is_iso(),
        Index("ix_adjustment_occurred_at", "occurred_at"),
        Index("ix_adjustment_stripe_id", "stripe_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    donation_id: Mapped[int] = mapped_column(BigId, ForeignKey("donation.id"), index=True)
    kind: Mapped[AdjustmentKind] = mapped_column(enum_of(AdjustmentKind, "kind"))
    stripe_id: Mapped[str] = mapped_column(String(255))
    """Of the refund or dispute."""
    amount: Mapped[int] = mapped_column(BigId)
    """What was taken from the donation, in minor units; less than nothing where it came back."""
    currency: Mapped[str] = mapped_column(String(3))
    occurred_at: Mapped[datetime]
    """When the refund was made or the dispute opened, by Stripe's clock; a reversal when we learnt of it."""
    occurred_on: Mapped[date]
    """The day in the reporting zone."""
    recorded_at: Mapped[datetime]
