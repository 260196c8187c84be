"""Recurring revenue: what moved, by day and by month."""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from donations.models.base import Base
from donations.models.rollups.keys import Currency, Day, OfDay, OriginId, Sum, Word, Zone


class _Moved:
    """Sums of the ledger's lines. All up to a day together are what stood at its end.

    A line that changes a gift's rhythm counts under both: what it was is taken away from the one, what
    it became is added to the other.
    """

    currency: Mapped[Currency]
    frequency: Mapped[Word]
    kind: Mapped[Word]
    cause: Mapped[Word]
    tag: Mapped[Word]
    lines: Mapped[Sum]
    gifts: Mapped[Sum]
    """Recurring gifts that began to count, less those that ceased to."""
    annual: Mapped[Sum]
    """A year's worth in minor units."""
    supporters: Mapped[Sum]
    """Heads, whatever else they give."""
    supporters_in_currency: Mapped[Sum]
    """Heads, as far as this currency goes."""


class DayMovement(OfDay, _Moved, Base):
    __tablename__ = "day_movement"


class DayMovementByOrigin(OfDay, _Moved, Base):
    __tablename__ = "day_movement_by_origin"
    __table_args__ = (Index("ix_day_movement_by_origin_origin_id", "origin_id", "zone", "currency", "day"),)

    origin_id: Mapped[OriginId]


class MonthMovement(_Moved, Base):
    """By month, as it is known now: what stood long ago is few lines. `month` is its first day."""

    __tablename__ = "month_movement"

    zone: Mapped[Zone]
    month: Mapped[Day]


class MonthMovementByOrigin(_Moved, Base):
    """The same, by where the gifts came from."""

    __tablename__ = "month_movement_by_origin"

    zone: Mapped[Zone]
    month: Mapped[Day]
    origin_id: Mapped[OriginId]
