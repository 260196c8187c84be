"""A link that logs one reader in, once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from donations.domain.manage_pages import ManagePage
from donations.models.base import Base, BigId, enum_of


class MagicLink(Base):
    """Only the SHA-256 of its token is stored: this table logs nobody in.

    A letter that is composed again carries another token, so a request may have several.
    """

    __tablename__ = "magic_link"
    __table_args__ = (CheckConstraint("length(token_hash) = 32", "token_hash_is_sha256"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    request_reference: Mapped[str] = mapped_column(String(32), index=True)
    supporter_id: Mapped[int] = mapped_column(BigId, ForeignKey("supporter.id"), index=True)
    wanted: Mapped[ManagePage | None] = mapped_column(enum_of(ManagePage, "wanted"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
