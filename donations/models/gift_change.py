"""A change of a recurring gift that was asked for: written before Stripe is called."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from donations.domain.changes import CancelReason, ChangeKind
from donations.domain.gifts import Frequency
from donations.models.base import BigId, enum_of
from donations.models.written_call import WrittenCall, checks_of_calls


class GiftChange(WrittenCall):
    """It never changes the subscription's row: only what Stripe then says of the subscription does."""

    __tablename__ = "gift_change"
    __table_args__ = (
        *checks_of_calls(),
        CheckConstraint("wanted_amount > 0", "wanted_amount_is_positive"),
        Index("ix_gift_change_status_next_try_at", "status", "next_try_at"),
    )

    subscription_id: Mapped[int] = mapped_column(BigId, ForeignKey("subscription.id"), index=True)
    kind: Mapped[ChangeKind] = mapped_column(enum_of(ChangeKind, "kind"))
    wanted_amount: Mapped[int | None] = mapped_column(BigId)
    """In minor units, where the amount was to change."""
    wanted_frequency: Mapped[Frequency | None] = mapped_column(enum_of(Frequency, "wanted_frequency"))
    until: Mapped[datetime | None]
    """When a pause was to end."""
    reason: Mapped[CancelReason | None] = mapped_column(enum_of(CancelReason, "reason"))
    generation: Mapped[int | None] = mapped_column(BigId)
    """Of the subscription's ticket, marked after the answer: once applied, the row shows what came of it."""
