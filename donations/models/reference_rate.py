"""The rate of one currency in one month. Rows are added, never changed or taken away."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from donations.models.base import Base, BigId, currency_is_iso


class ReferenceRate(Base):
    """A replacement is a row beside the former one, so that a figure can be reckoned as it was known.

    A trigger refuses every UPDATE and DELETE.
    """

    __tablename__ = "reference_rate"
    __table_args__ = (
        currency_is_iso(),
        CheckConstraint("currency <> 'eur'", "is_not_of_the_euro"),
        CheckConstraint("per_euro > 0", "per_euro_is_positive"),
        CheckConstraint("days > 0", "days_is_positive"),
        CheckConstraint("version > 0", "version_is_positive"),
        # Two who store the same month at once cannot both be the first.
        UniqueConstraint("month", "currency", "version"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    month: Mapped[date]
    """Its first day."""
    currency: Mapped[str] = mapped_column(String(3))
    version: Mapped[int]
    """1 for the first that was stored of its month, then one more for each replacement."""
    per_euro: Mapped[int] = mapped_column(BigId)
    """Millionths of the currency's unit (dollars, not cents) that one euro was."""
    days: Mapped[int | None]
    """Of how many days it is the mean; None where the bank published the month's own."""
    source: Mapped[str] = mapped_column(String(100))
    """The name of the file that it stood in."""
    recorded_at: Mapped[datetime]
    recorded_on: Mapped[date]
    """The day in the reporting zone: from then on it was known."""
    recorded_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("staff_user.id"))
    """None for whoever had the command line."""
