"""A change of a recurring gift that was asked for: written before Stripe is called."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from donations.domain.changes import CancelReason, ChangeKind, ChangeStatus
from donations.domain.gifts import Frequency
from donations.models.base import Base, BigId, enum_of


class GiftChange(Base):
    """One call, with its exact parameters and its key. It never changes the subscription's row:
    only what Stripe then says of the subscription does."""

    __tablename__ = "gift_change"
    __table_args__ = (
        CheckConstraint("(status = 'asking') = (answered_at IS NULL)", "answered_has_time"),
        CheckConstraint("wanted_amount > 0", "wanted_amount_is_positive"),
        CheckConstraint("tries >= 0", "tries_not_negative"),
        Index("ix_gift_change_status_next_try_at", "status", "next_try_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    reference: Mapped[str] = mapped_column(String(32), unique=True)
    subscription_id: Mapped[int] = mapped_column(BigId, ForeignKey("subscription.id"), index=True)
    kind: Mapped[ChangeKind] = mapped_column(enum_of(ChangeKind, "kind"))
    status: Mapped[ChangeStatus] = mapped_column(enum_of(ChangeStatus, "status"))
    nonce: Mapped[str] = mapped_column(String(255), unique=True)
    """Of the form it came from, or of its cause: one form makes one change, however often it is sent."""
    idempotency_key: Mapped[str] = mapped_column(String(64), unique=True)
    parameters: Mapped[str] = mapped_column(Text)
    """The exact request to Stripe, as JSON. Nothing personal is in it."""

    wanted_amount: Mapped[int | None] = mapped_column(BigId)
    """In minor units, where the amount was to change."""
    wanted_frequency: Mapped[Frequency | None] = mapped_column(enum_of(Frequency, "wanted_frequency"))
    until: Mapped[datetime | None]
    """When a pause was to end."""
    reason: Mapped[CancelReason | None] = mapped_column(enum_of(CancelReason, "reason"))

    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    """When the call may be repeated with the same key, while no answer came."""
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    generation: Mapped[int | None] = mapped_column(BigId)
    """Of the subscription's ticket, marked after the answer: once applied, the row shows what came of it."""
    problem: Mapped[str | None] = mapped_column(String(255))
    """Why Stripe refused. Never carries personal data."""
