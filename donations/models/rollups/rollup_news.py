"""A fact that the rollups have not taken in yet. Triggers write it with the fact itself."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy.orm import Mapped, mapped_column

from donations.models.base import Base, BigId, enum_of


class NewsKind(StrEnum):
    """What `row_id` is the key of."""

    DONATION = "donation"
    SETTLEMENT = "settlement"
    """A donation whose fee became known."""
    ADJUSTMENT = "adjustment"
    MOVEMENT = "movement"
    FAILURE = "failure"
    SUBSCRIPTION = "subscription"
    SUPPORTER = "supporter"
    VISIT = "visit"
    """An hour in which a page was sent once more."""
    CHECKOUT = "checkout"
    """One that was opened, or paid."""


class RollupNews(Base):
    __tablename__ = "rollup_news"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[NewsKind] = mapped_column(enum_of(NewsKind, "kind"))
    row_id: Mapped[int] = mapped_column(BigId)
