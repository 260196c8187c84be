"""Sums of the lines about supporters."""

from __future__ import annotations

from sqlalchemy import Boolean, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from donations.models.base import Base
from donations.models.rollups.keys import Currency, Day, OriginId, Sum, Word


class GivingYears(Base):
    """How many supporters gave in `year`, gave last before it in `previous_year` and next in `next_year`."""

    __tablename__ = "giving_years"

    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    previous_year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    next_year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    is_recurring: Mapped[bool] = mapped_column(Boolean, primary_key=True)
    supporters: Mapped[Sum]


class LastGiftDay(Base):
    """How many supporters gave last on a day, by what kind they are."""

    __tablename__ = "last_gift_day"

    last_on: Mapped[Day]
    kind: Mapped[Word]
    supporters: Mapped[Sum]


class SupporterKinds(Base):
    """How many supporters are of a kind, and of the same currencies, frequencies and standings."""

    __tablename__ = "supporter_kinds"

    kind: Mapped[Word]
    currencies: Mapped[str] = mapped_column(Text, primary_key=True)
    frequencies: Mapped[str] = mapped_column(Text, primary_key=True)
    standings: Mapped[str] = mapped_column(Text, primary_key=True)
    supporters: Mapped[Sum]


class OriginValue(Base):
    """What the supporters whom an origin brought have given so far."""

    __tablename__ = "origin_value"

    origin_id: Mapped[OriginId]
    currency: Mapped[Currency]
    supporters: Mapped[Sum]
    gross: Mapped[Sum]
    fees: Mapped[Sum]
    refunded: Mapped[Sum]
    disputed: Mapped[Sum]
    annual: Mapped[Sum]
