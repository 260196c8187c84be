"""A refund that staff asked Stripe for: written before Stripe is called."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from donations.domain.refunds import RefundReason
from donations.models.base import BigId, currency_is_iso, enum_of
from donations.models.written_call import WrittenCall, checks_of_calls

_UNDER_WAY = text("status = 'asking'")


class RefundRequest(WrittenCall):
    """It takes nothing off the donation: only the refund does, once it was looked at as Stripe has it.

    No donation has two that are under way at once. Amounts are in minor units.
    """

    __tablename__ = "refund_request"
    __table_args__ = (
        *checks_of_calls(),
        CheckConstraint("amount > 0", "amount_is_positive"),
        currency_is_iso(),
        CheckConstraint("(status = 'accepted') = (stripe_refund_id IS NOT NULL)", "accepted_names_refund"),
        Index("ix_refund_request_status_next_try_at", "status", "next_try_at"),
        Index("ix_refund_request_created_at", "created_at"),
        Index(
            "ix_refund_request_under_way",
            "donation_id",
            unique=True,
            sqlite_where=_UNDER_WAY,
            postgresql_where=_UNDER_WAY,
        ),
    )

    donation_id: Mapped[int] = mapped_column(BigId, ForeignKey("donation.id"), index=True)
    amount: Mapped[int] = mapped_column(BigId)
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[RefundReason] = mapped_column(enum_of(RefundReason, "reason"))
    asked_by: Mapped[int] = mapped_column(BigId, ForeignKey("staff_user.id"))
    """The member of staff."""
    stripe_refund_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    """What Stripe made of it. Its own row tells how that stands."""
