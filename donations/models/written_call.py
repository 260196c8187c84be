"""What the tables have in common whose rows are calls to Stripe, written before they are made."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from donations.domain.written_calls import CallStatus
from donations.models.base import Base, BigId, enum_of


class WrittenCall(Base):
    """One call, with its exact parameters and its key. Its answer is never what is believed: the object
    that it was about is looked at."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    reference: Mapped[str] = mapped_column(String(32), unique=True)
    status: Mapped[CallStatus] = mapped_column(enum_of(CallStatus, "status"))
    nonce: Mapped[str] = mapped_column(String(255), unique=True)
    """Of the form it came from, or of its cause: one form makes one call, however often it is sent."""
    idempotency_key: Mapped[str] = mapped_column(String(64), unique=True)
    parameters: Mapped[str] = mapped_column(Text)
    """The exact request to Stripe, as JSON. Nothing personal is in it."""
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    """When the call may be made again with the same key, while no answer came."""
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(String(255))
    """Why Stripe refused, or what is known where no answer came. Never carries personal data."""


def checks_of_calls() -> tuple[CheckConstraint, ...]:
    """For each table of calls."""
    return (
        CheckConstraint("(status = 'asking') = (answered_at IS NULL)", "answered_has_time"),
        CheckConstraint("tries >= 0", "tries_not_negative"),
    )
