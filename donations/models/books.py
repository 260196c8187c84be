"""What one run of a reconcile says of the books: sums for each currency, and each row that disagrees."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from donations.domain.books import Finding
from donations.models.base import Base, BigId, currency_is_iso, enum_of


class BookSum(Base):
    """Of the rows since the run's `since`, in one settlement currency, in minor units, none below nothing but
    `stripes`, which is all that Stripe moved for these rows."""

    __tablename__ = "book_sum"
    __table_args__ = (currency_is_iso(),)

    run_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("reconcile_run.id", ondelete="CASCADE"), primary_key=True
    )
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    payments: Mapped[int] = mapped_column(BigId, default=0)
    refunds: Mapped[int] = mapped_column(BigId, default=0)
    """That succeeded."""
    withdrawn: Mapped[int] = mapped_column(BigId, default=0)
    reinstated: Mapped[int] = mapped_column(BigId, default=0)
    on_their_way: Mapped[int] = mapped_column(BigId, default=0)
    """Refunds that Stripe took already and that have not arrived."""
    stripes: Mapped[int] = mapped_column(BigId, default=0)
    unmatched: Mapped[int] = mapped_column(BigId, default=0)
    """How many movements on the balance are of a gift that we don't know."""


class BookFinding(Base):
    """One row, or one movement on the balance, that has no fellow or another amount. Amounts are in minor
    units; None where there is nothing on that side."""

    __tablename__ = "book_finding"
    __table_args__ = (currency_is_iso(), Index("ix_book_finding_run_id", "run_id", "id"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    run_id: Mapped[int] = mapped_column(BigId, ForeignKey("reconcile_run.id", ondelete="CASCADE"))
    finding: Mapped[Finding] = mapped_column(enum_of(Finding, "finding"))
    object_kind: Mapped[str] = mapped_column(String(64))
    stripe_id: Mapped[str] = mapped_column(String(255))
    ours: Mapped[int | None] = mapped_column(BigId)
    stripes: Mapped[int | None] = mapped_column(BigId)
    currency: Mapped[str] = mapped_column(String(3))
