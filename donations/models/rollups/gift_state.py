"""How recurring gifts stand now, and when they are charged next."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import Boolean, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from donations.domain.gifts import Frequency
from donations.models.base import Base, BigId, enum_of
from donations.models.rollups.keys import Currency, Day, Sum, Word


class GiftStateKind(StrEnum):
    ACTIVE = "active"
    FAILING = "failing"
    """Past due: the last charge failed, and Stripe is trying again."""
    PAUSED = "paused"
    WAITING = "waiting"
    """Not counted: its first payment is still to come, or charges were given up."""


class GiftState(Base):
    """One for each recurring gift that has not ended."""

    __tablename__ = "gift_state"
    __table_args__ = (
        Index("ix_gift_state_state", "state", "due_on"),
        Index("ix_gift_state_due_on", "due_on"),
    )

    subscription_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    state: Mapped[GiftStateKind] = mapped_column(enum_of(GiftStateKind, "state"))
    is_ending: Mapped[bool]
    """Whether the day of its end is set: nothing more is charged."""
    due_on: Mapped[date]
    """The day of the next charge in the reporting zone; `NO_DAY` where none is expected."""
    currency: Mapped[str] = mapped_column(String(3))
    frequency: Mapped[Frequency] = mapped_column(enum_of(Frequency, "frequency"))
    amount: Mapped[int] = mapped_column(BigId)
    """Of a charge, in minor units."""
    annual: Mapped[int] = mapped_column(BigId)
    """A year's worth."""


class GiftStates(Base):
    """The sums of these."""

    __tablename__ = "gift_states"

    state: Mapped[Word]
    is_ending: Mapped[bool] = mapped_column(Boolean, primary_key=True)
    due_on: Mapped[Day]
    currency: Mapped[Currency]
    frequency: Mapped[Word]
    gifts: Mapped[Sum]
    amount: Mapped[Sum]
    annual: Mapped[Sum]
