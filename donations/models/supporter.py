"""A person who gave or tried to; one row per email address."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from donations.models.base import Base, BigId


class Supporter(Base):
    """Address and name are sealed by the supporter's own data key; see `vault`."""

    __tablename__ = "supporter"
    __table_args__ = (CheckConstraint("length(email_index) = 32", "email_index_is_hmac"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    reference: Mapped[str] = mapped_column(String(32), unique=True)
    """Random; names the supporter in staff addresses and inside what is authenticated."""
    email_index: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    email_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    data_key_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    master_key_id: Mapped[str] = mapped_column(String(64))
    wants_newsletter: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str | None] = mapped_column(String(8))
    """Of letters: that of the last gift, or as chosen since. None is English."""
    neutral_subjects_since: Mapped[datetime | None]
    """When the supporter asked for subjects that say nothing of a gift; None for the usual ones."""
    suppressed_at: Mapped[datetime | None]
    """Since when nothing is sent: mail came back, or was complained about."""
    suppression_reason: Mapped[str | None] = mapped_column(String(16))
    erased_at: Mapped[datetime | None]
    """When address, name and data key were wiped. What was given stays in the accounts."""
    created_at: Mapped[datetime]
