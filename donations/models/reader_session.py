"""A reader who is logged in, kept on the server so that it can be ended there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from donations.models.base import Base, BigId


class ReaderSession(Base):
    """Only the SHA-256 of the cookie's token is stored: this table opens no session. One that has
    ended is deleted, for when a reader was here is nothing to keep."""

    __tablename__ = "reader_session"
    __table_args__ = (CheckConstraint("length(token_hash) = 32", "token_hash_is_sha256"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    supporter_id: Mapped[int] = mapped_column(BigId, ForeignKey("supporter.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
