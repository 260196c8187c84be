"""Somebody asked for a link to `/manage`. Whether we know the address is found out by the worker."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from donations.domain.manage_pages import ManagePage
from donations.languages import Language
from donations.models.base import Base, BigId, enum_of


class LinkRequest(Base):
    """The address is kept as its blind index only, and the row is forgotten where nobody has it."""

    __tablename__ = "link_request"
    __table_args__ = (
        CheckConstraint("length(email_index) = 32", "email_index_is_hmac"),
        Index("ix_link_request_matched_at_created_at", "matched_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    reference: Mapped[str] = mapped_column(String(32), unique=True)
    """The cause of the letter that answers it."""
    email_index: Mapped[bytes] = mapped_column(LargeBinary(32))
    language: Mapped[Language] = mapped_column(enum_of(Language, "language"))
    """Of the page it was asked on: the letter is in the same."""
    wanted: Mapped[ManagePage | None] = mapped_column(enum_of(ManagePage, "wanted"))
    """Where its reader wants to go on to."""
    created_at: Mapped[datetime]
    matched_at: Mapped[datetime | None]
    """When a supporter was found and the letter ordered."""
