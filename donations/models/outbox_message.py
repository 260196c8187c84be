"""A message that must be sent once for its cause, written in the transaction of the cause."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from donations.models.base import Base, BigId, enum_of


class OutboxStatus(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class OutboxMessage(Base):
    """Addressed by supporter; the address is opened only when it is sent."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        UniqueConstraint("kind", "cause"),
        CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", "sent_has_time"),
        CheckConstraint("tries >= 0", "tries_not_negative"),
        Index("ix_outbox_message_status_next_try_at", "status", "next_try_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    """The module in `emails/` that writes it."""
    cause: Mapped[str] = mapped_column(String(255))
    """What it is about, such as a PaymentIntent's id; once for each kind."""
    supporter_id: Mapped[int] = mapped_column(BigId, ForeignKey("supporter.id"), index=True)
    message_id: Mapped[str] = mapped_column(String(255), unique=True)
    """The Message-ID header. Stable, so that a copy sent twice is shown once."""
    status: Mapped[OutboxStatus] = mapped_column(enum_of(OutboxStatus, "status"))
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    """Before its first try: the day for which it is meant."""
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    details: Mapped[str | None] = mapped_column(Text)
    """As JSON, what rows will no longer show when it is written, such as an old amount. Nothing personal."""
    skipped_at: Mapped[datetime | None]
    """When it turned out that it need not be sent any more; `problem` says why."""
    problem: Mapped[str | None] = mapped_column(Text)
