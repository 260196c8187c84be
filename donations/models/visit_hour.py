"""How often a page was sent within an hour. Counts alone: of whoever looked nothing is known."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from donations.domain.conversion import Step
from donations.models.base import Base, BigId, enum_of


class VisitHour(Base):
    """One row for an hour, a step and where it came from; '' for what no link said.

    Names of visits are those that we know (see `content/origins.toml`), so what strangers write into
    links adds no rows. Of checkouts there are rows only once they are deleted: a trigger counts them here
    as they go, so that what came to nothing can be forgotten and the figures stay.
    """

    __tablename__ = "visit_hour"
    __table_args__ = (
        UniqueConstraint("hour_at", "step", "campaign", "article", "placement", "variant"),
        CheckConstraint("number > 0", "number_is_positive"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    hour_at: Mapped[datetime]
    """When the hour begins, by UTC."""
    step: Mapped[Step] = mapped_column(enum_of(Step, "step"))
    campaign: Mapped[str] = mapped_column(String(100))
    article: Mapped[str] = mapped_column(String(100))
    placement: Mapped[str] = mapped_column(String(100))
    variant: Mapped[str] = mapped_column(String(100))
    number: Mapped[int] = mapped_column(BigId)
