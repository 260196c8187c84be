"""Recurring payments that failed, by the day on which they first did."""

from __future__ import annotations

from sqlalchemy.orm import Mapped

from donations.models.base import Base
from donations.models.rollups.keys import Currency, Day, Sum, Word, Zone


class DayFailure(Base):
    """What became of them is what is so now: failures are no ledger."""

    __tablename__ = "day_failure"

    zone: Mapped[Zone]
    day: Mapped[Day]
    currency: Mapped[Currency]
    frequency: Mapped[Word]
    failed: Mapped[Sum]
    needed_confirmation: Mapped[Sum]
    """Of these, those that the bank wanted confirmed (3-D Secure)."""
    recovered: Mapped[Sum]
    recovered_in_time: Mapped[Sum]
    """Within 30 days."""
    given_up: Mapped[Sum]
