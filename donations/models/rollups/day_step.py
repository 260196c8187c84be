"""How often each step towards a gift was taken in a day: what reports of conversion read."""

from __future__ import annotations

from typing import Annotated

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from donations.domain.conversion import Step
from donations.models.base import Base, enum_of
from donations.models.rollups.keys import Day, Sum, Zone

Name = Annotated[str, mapped_column(String(100), primary_key=True)]
"""As a link says it; empty for none."""


class DayStep(Base):
    """Of checkouts and of paid ones, the day is that on which the checkout was opened: so never more are
    paid than were opened. Nothing here says when it became known."""

    __tablename__ = "day_step"
    __table_args__ = (CheckConstraint("number > 0", "number_is_positive"),)

    zone: Mapped[Zone]
    day: Mapped[Day]
    step: Mapped[Step] = mapped_column(enum_of(Step, "step"), primary_key=True)
    campaign: Mapped[Name]
    article: Mapped[Name]
    placement: Mapped[Name]
    variant: Mapped[Name]
    number: Mapped[Sum]
