"""A receipt or a yearly statement that was given a number, so that it can be verified."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from donations.models.base import Base, BigId, enum_of


class DocumentKind(StrEnum):
    RECEIPT = "receipt"
    STATEMENT = "statement"


class IssuedDocument(Base):
    """The number is random: numbers in a row would tell how many give."""

    __tablename__ = "issued_document"
    __table_args__ = (
        UniqueConstraint("supporter_id", "year"),
        CheckConstraint(
            "(kind = 'receipt') = (donation_id IS NOT NULL) AND (kind = 'statement') = (year IS NOT NULL)",
            "is_about_one_thing",
        ),
    )

    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    kind: Mapped[DocumentKind] = mapped_column(enum_of(DocumentKind, "kind"))
    supporter_id: Mapped[int] = mapped_column(BigId, ForeignKey("supporter.id"))
    donation_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("donation.id"), unique=True)
    year: Mapped[int | None]
    issued_on: Mapped[date]
    """The day in the reporting zone."""
    issued_at: Mapped[datetime]
