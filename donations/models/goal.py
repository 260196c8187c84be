"""What a campaign is to bring in within some days."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from donations.models.base import Base, BigId, currency_is_iso


class Goal(Base):
    """Kept when it is over. `version` grows with each change, so that two who edit it notice."""

    __tablename__ = "goal"
    __table_args__ = (
        CheckConstraint("amount > 0", "amount_is_positive"),
        currency_is_iso(),
        CheckConstraint("first_on <= last_on", "begins_before_it_ends"),
        CheckConstraint("name <> ''", "has_a_name"),
        CheckConstraint("campaign <> ''", "has_a_campaign"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    campaign: Mapped[str] = mapped_column(String(100))
    """As links name it."""
    currency: Mapped[str] = mapped_column(String(3))
    """What is given in others does not count towards it."""
    amount: Mapped[int] = mapped_column(BigId)
    """In minor units."""
    first_on: Mapped[date]
    last_on: Mapped[date]
    """Both are days of whichever zone a report is asked in."""
    closed_on: Mapped[date | None]
    """The last day that counts, where it was closed before its end."""
    version: Mapped[int]
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("staff_user.id"))
    changed_at: Mapped[datetime]
    changed_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("staff_user.id"))
