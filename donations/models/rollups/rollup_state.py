"""How far the rollups are: one row."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from donations.models.base import Base


class RollupState(Base):
    """Whoever refreshes holds this row, so that two never add the same fact."""

    __tablename__ = "rollup_state"
    __table_args__ = (CheckConstraint("id = 1", "is_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    zones: Mapped[str] = mapped_column(String(255))
    """The zones whose days are kept, comma-separated; empty before the first build. Ends in a comma where the
    sums are to be built anew."""
    refreshed_at: Mapped[datetime | None]
    rebuilding_until: Mapped[datetime | None]
    """A rebuild is at work until then at most, and nothing is taken in meanwhile."""
