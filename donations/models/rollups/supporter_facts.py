"""What reports know of one supporter: a line of sums each, and never an address or a name."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from donations.models.base import Base, BigId, enum_of


class SupporterKind(StrEnum):
    """Every supporter is of exactly one of these."""

    RECURRING = "recurring"
    """Has a recurring gift that was paid once and has not ended."""
    FORMER = "former"
    ONCE = "once"
    NEVER = "never"


class SupporterGiving(Base):
    """How and when one supporter gives. Days are of the reporting zone."""

    __tablename__ = "supporter_giving"
    __table_args__ = (
        # All that the list of supporters asks, so that it is read in order from the index alone.
        Index(
            "ix_supporter_giving_seen_at",
            "seen_at",
            "supporter_id",
            "kind",
            "currencies",
            "frequencies",
            "standings",
        ),
        Index("ix_supporter_giving_kind", "kind", "seen_at", "supporter_id"),
        Index("ix_supporter_giving_last_on", "last_on", "kind"),
    )

    supporter_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    kind: Mapped[SupporterKind] = mapped_column(enum_of(SupporterKind, "kind"))
    donations: Mapped[int]
    first_on: Mapped[date | None]
    last_on: Mapped[date | None]
    seen_at: Mapped[datetime]
    """When they gave last, or first tried to."""
    origin_id: Mapped[int] = mapped_column(BigId)
    """Of their first gift: what brought them. 0 for none."""
    currencies: Mapped[str] = mapped_column(Text, default="")
    """Of their donations and recurring gifts, paid or not, as `words_among` writes them."""
    frequencies: Mapped[str] = mapped_column(Text, default="")
    """Of the same."""
    standings: Mapped[str] = mapped_column(Text, default="")
    """Of their recurring gifts, ended ones too."""


class SupporterYear(Base):
    """A calendar year in which a supporter gave, with the ones before and after it; 0 for none."""

    __tablename__ = "supporter_year"
    __table_args__ = (Index("ix_supporter_year_year", "year", "previous_year", "next_year", "supporter_id"),)

    supporter_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    previous_year: Mapped[int] = mapped_column(SmallInteger)
    next_year: Mapped[int] = mapped_column(SmallInteger)
    is_recurring: Mapped[bool]
    """Whether they have a recurring gift that goes on now."""


class SupporterValue(Base):
    """What one supporter's gifts came to so far, in minor units of one currency."""

    __tablename__ = "supporter_value"
    __table_args__ = (Index("ix_supporter_value_origin_id", "origin_id", "currency", "supporter_id"),)

    supporter_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    origin_id: Mapped[int] = mapped_column(BigId)
    """Of their first gift, in whichever currency. 0 for none."""
    donations: Mapped[int] = mapped_column(BigId)
    gross: Mapped[int] = mapped_column(BigId)
    fees: Mapped[int] = mapped_column(BigId)
    refunded: Mapped[int] = mapped_column(BigId)
    disputed: Mapped[int] = mapped_column(BigId)
    annual: Mapped[int] = mapped_column(BigId)
    """A year's worth of the recurring gifts that count now."""
