"""A report with its filters, kept by a member of staff under a name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from donations.models.base import Base, BigId


class SavedView(Base):
    """Of one member of staff only. The filters are kept as an address has them, so that "last 30 days"
    stays the last 30 days."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("staff_user_id", "name"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    staff_user_id: Mapped[int] = mapped_column(BigId, ForeignKey("staff_user.id"))
    name: Mapped[str] = mapped_column(String(100))
    report: Mapped[str] = mapped_column(String(64))
    words: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
