"""A supporter's wish to be forgotten, written down before anything is done about it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from donations.models.base import Base, BigId


class Erasure(Base):
    """One a supporter. Stripe's customers are deleted first, which ends what is still charged; then
    our own rows are wiped."""

    __tablename__ = "erasure"
    __table_args__ = (CheckConstraint("tries >= 0", "tries_not_negative"),)

    supporter_id: Mapped[int] = mapped_column(BigId, ForeignKey("supporter.id"), primary_key=True)
    asked_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(String(255))
