"""How often what has happened, of all processes together. Counts alone, by names of a fixed set."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from donations.domain.counting import Counted
from donations.models.base import Base, BigId, enum_of


class OperationsCount(Base):
    """Since the first start. Only ever grows; '' where there is no label."""

    __tablename__ = "operations_count"
    __table_args__ = (CheckConstraint("value >= 0", "value_not_negative"),)

    name: Mapped[Counted] = mapped_column(enum_of(Counted, "name"), primary_key=True)
    label: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[int] = mapped_column(BigId)


class OperationsHour(Base):
    """The same by hours, without labels; kept for two days."""

    __tablename__ = "operations_hour"
    __table_args__ = (CheckConstraint("value >= 0", "value_not_negative"),)

    hour_at: Mapped[datetime] = mapped_column(primary_key=True)
    """When the hour begins, by UTC."""
    name: Mapped[Counted] = mapped_column(enum_of(Counted, "name"), primary_key=True)
    value: Mapped[int] = mapped_column(BigId)
