"""What is wrong with the work now, and what was told of it by mail."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from donations.domain.alerts import Cause
from donations.models.base import Base, enum_of


class Alert(Base):
    """One row a cause, kept when it is over: how lately it was told stands here. Real time."""

    __tablename__ = "alert"

    cause: Mapped[Cause] = mapped_column(enum_of(Cause, "cause"), primary_key=True)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """None while it goes on."""
    told_at: Mapped[datetime | None]
    """When the mail went out that it began; None again once a mail has said that it is over."""
    last_told_at: Mapped[datetime | None]
    """The same, and it stays: the next of this cause waits an hour from it."""
    leased_until: Mapped[datetime | None]
    """Until then a worker is at its mail."""
