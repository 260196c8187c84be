"""The envelope of a webhook that we received. Bodies are never stored."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from donations.models.base import Base, BigId, enum_of


class Disposition(StrEnum):
    MARKED = "marked"
    """Its object is to be looked at again."""
    SET_ASIDE = "set_aside"
    """A type that we do not follow."""
    QUARANTINED = "quarantined"
    """Something that we must not act upon, such as a live event in test mode."""


class StripeEvent(Base):
    """What came, when, and what was made of it."""

    __tablename__ = "stripe_event"
    __table_args__ = (
        Index("ix_stripe_event_object", "object_kind", "stripe_object_id"),
        Index("ix_stripe_event_received_at", "received_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    stripe_event_id: Mapped[str] = mapped_column(String(255), unique=True)
    type: Mapped[str] = mapped_column(String(255))
    object_kind: Mapped[str | None] = mapped_column(String(64))
    stripe_object_id: Mapped[str | None] = mapped_column(String(255))
    api_version: Mapped[str | None] = mapped_column(String(64))
    is_livemode: Mapped[bool]
    is_thin: Mapped[bool]
    disposition: Mapped[Disposition] = mapped_column(enum_of(Disposition, "disposition"))
    note: Mapped[str | None] = mapped_column(String(500))
    """Why it was set aside or quarantined."""
    created_at: Mapped[datetime | None]
    """By Stripe's clock. Never used for order."""
    received_at: Mapped[datetime]
