"""The ticket that says which of Stripe's objects must be looked at again.

`generation` is raised by every reason to look; `applied` is the generation that had been read
before the copy was fetched which our rows now show. A job writes `applied = g`, the generation
that it read, and never `applied = generation`: what came while it was fetching must be looked
at again.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from donations.models.base import Base, BigId

_DUE = text("applied < generation AND quarantined_at IS NULL")


class StripeObject(Base):
    """One object of Stripe's that we follow."""

    __tablename__ = "stripe_object"
    __table_args__ = (
        UniqueConstraint("kind", "stripe_id"),
        CheckConstraint("applied BETWEEN 0 AND generation", "applied_within_generation"),
        CheckConstraint("tries >= 0", "tries_not_negative"),
        Index("ix_stripe_object_due", "next_try_at", sqlite_where=_DUE, postgresql_where=_DUE),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    stripe_id: Mapped[str] = mapped_column(String(255))
    generation: Mapped[int] = mapped_column(BigId)
    applied: Mapped[int] = mapped_column(BigId, default=0)
    marked_at: Mapped[datetime]
    """When it was last marked."""
    looked_at: Mapped[datetime | None]
    """When the copy that was last applied had been asked for."""
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    quarantined_at: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(Text)
    """What the last try ran into. Never carries personal data."""
