"""A staff login that is open, kept on the server so that it can be revoked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from donations.models.base import Base, BigId


class StaffSession(Base):
    """Only the SHA-256 of the cookie's token is stored: this table opens no session."""

    __tablename__ = "staff_session"
    __table_args__ = (CheckConstraint("length(token_hash) = 32", "token_hash_is_sha256"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    staff_user_id: Mapped[int] = mapped_column(BigId, ForeignKey("staff_user.id"), index=True)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    """When the password was last typed in this session; None for one from before that was kept."""
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
