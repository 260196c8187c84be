"""What was given and taken back, by day and by month."""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from donations.models.base import Base
from donations.models.rollups.keys import Currency, Day, OfDay, OriginId, Sum, Word, Zone


class _Money:
    """Amounts are minor units of `currency`. Donations count on the day of the charge, fees too; refunds on
    the day of the refund; disputes on the day they were opened, once lost."""

    currency: Mapped[Currency]
    frequency: Mapped[Word]
    source: Mapped[Word]
    donations: Mapped[Sum]
    gross: Mapped[Sum]
    settled_donations: Mapped[Sum]
    """Those whose fee is known. The others are pending."""
    settled_gross: Mapped[Sum]
    fees: Mapped[Sum]
    """In the gift's currency, each at the rate of its own charge."""
    refunds: Mapped[Sum]
    refunded: Mapped[Sum]
    disputes: Mapped[Sum]
    disputed: Mapped[Sum]


class DayMoney(OfDay, _Money, Base):
    """Wherever the gifts came from."""

    __tablename__ = "day_money"


class DayMoneyByOrigin(OfDay, _Money, Base):
    """The same, by where the gifts came from."""

    __tablename__ = "day_money_by_origin"
    __table_args__ = (Index("ix_day_money_by_origin_origin_id", "origin_id", "zone", "currency", "day"),)

    origin_id: Mapped[OriginId]


class MonthMoney(_Money, Base):
    """By month, as it is known now: years at once are few lines. `month` is its first day."""

    __tablename__ = "month_money"

    zone: Mapped[Zone]
    month: Mapped[Day]


class MonthMoneyByOrigin(_Money, Base):
    """The same, by where the gifts came from."""

    __tablename__ = "month_money_by_origin"

    zone: Mapped[Zone]
    month: Mapped[Day]
    origin_id: Mapped[OriginId]
