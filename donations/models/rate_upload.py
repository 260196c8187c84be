"""A table of rates that staff uploaded and look through before its rates are stored."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from donations.models.base import Base, BigId


class RateUpload(Base):
    """Kept some weeks, then forgotten: the rates themselves stand in `reference_rate`."""

    __tablename__ = "rate_upload"
    __table_args__ = (
        CheckConstraint(
            "(stored_at IS NULL) = (added IS NULL) AND (stored_at IS NULL) = (replaced IS NULL)",
            "stored_has_numbers",
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    reference: Mapped[str] = mapped_column(String(32), unique=True)
    file_name: Mapped[str] = mapped_column(String(100))
    content: Mapped[str] = mapped_column(Text)
    """What was read of the file, as JSON: rates, refused lines, currencies left out."""
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("staff_user.id"))
    stored_at: Mapped[datetime | None]
    added: Mapped[int | None]
    """How many rates were stored of months that had none."""
    replaced: Mapped[int | None]
