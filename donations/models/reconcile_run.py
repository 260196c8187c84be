"""One comparison with Stripe: how far it has come, and what it found."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from donations.domain.reconciling import RunKind, Step
from donations.models.base import Base, BigId, enum_of


class ReconcileRun(Base):
    """Carried on page by page by whichever process holds the lease. `pages` rises with each, and what a page
    did is committed with it, so that no page counts twice."""

    __tablename__ = "reconcile_run"
    __table_args__ = (
        UniqueConstraint("kind", "due_at"),
        CheckConstraint("(finished_at IS NULL) = (step IS NOT NULL)", "stands_somewhere_until_finished"),
        CheckConstraint("marked <= listed", "marked_within_listed"),
        Index("ix_reconcile_run_finished_at", "finished_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[RunKind] = mapped_column(enum_of(RunKind, "kind"))
    due_at: Mapped[datetime | None]
    """The beat that it fell due at: one run each. None for one that somebody asked for."""
    since: Mapped[datetime]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    step: Mapped[Step | None] = mapped_column(enum_of(Step, "step"))
    """What it lists now."""
    cursor: Mapped[str | None] = mapped_column(String(255))
    """After which object it goes on; None at the beginning of a step."""
    pages: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    """How often the page that comes next failed."""
    problem: Mapped[str | None] = mapped_column(Text)
    """What went wrong last, or what was left out for it. Never carries personal data."""
    listed: Mapped[int] = mapped_column(BigId, default=0)
    marked: Mapped[int] = mapped_column(BigId, default=0)
    """How many are to be looked at again."""
    differing: Mapped[int] = mapped_column(BigId, default=0)
    """How many were not as our rows have them, marked or not."""
