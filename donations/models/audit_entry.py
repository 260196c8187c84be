"""The audit log: what staff did with people's data. Lines are added, never changed or taken away."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from donations.models.base import Base, BigId


class AuditEntry(Base):
    """A trigger refuses every UPDATE and DELETE; the hashes show what went past it.

    No line may follow the same line as another: `previous_hash` is unique.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (
        CheckConstraint("number > 0", "number_is_counted"),
        CheckConstraint("length(previous_hash) = 32 AND length(hash) = 32", "hashes_are_sha256"),
        Index("ix_audit_entry_staff_user_id", "staff_user_id", "number"),
    )

    number: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    happened_at: Mapped[datetime]
    staff_user_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("staff_user.id"))
    action: Mapped[str] = mapped_column(String(64))
    """Not checked by the database: a line of an older release stays as it was written."""
    reason: Mapped[str | None] = mapped_column(Text)
    details: Mapped[str] = mapped_column(Text)
    """Canonical JSON: counts, filters, formats. Nothing of a person."""
    previous_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class AuditHead(Base):
    """The last line's number and hash, in one row that whoever adds a line must lock.

    It also shows that lines were taken away at the end, which the lines alone cannot.
    """

    __tablename__ = "audit_head"
    __table_args__ = (
        CheckConstraint("id = 1", "is_one_row"),
        CheckConstraint("number >= 0", "number_is_counted"),
        CheckConstraint("length(hash) = 32", "hash_is_sha256"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigId)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
