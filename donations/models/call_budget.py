"""How fast we may call out, shared by every process: one row for each thing that is limited."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from donations.models.base import Base


class CallBudget(Base):
    """Calls are spaced out: each takes the next free moment."""

    __tablename__ = "call_budget"
    __table_args__ = (CheckConstraint("free_at > 0", "free_at_is_positive"),)

    scope: Mapped[str] = mapped_column(String(64), primary_key=True)
    free_at: Mapped[int] = mapped_column(BigInteger)
    """From when on another call may be made: microseconds since 1970, by real time."""
