"""One line of the recurring-revenue ledger. Lines are added, never changed or taken away."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import String

from donations.domain.gifts import Frequency
from donations.domain.movements import ChurnCause, MovementKind, MovementTag
from donations.models.base import Base, BigId, currency_is_iso, enum_of


class Movement(Base):
    """A trigger refuses every UPDATE and DELETE, so that last month's figures can be shown as they
    were known then."""

    __tablename__ = "movement"
    __table_args__ = (
        currency_is_iso(),
        CheckConstraint("supporters BETWEEN -1 AND 1", "supporters_is_one_head"),
        CheckConstraint("annual_amount <> 0 OR kind = 'churned'", "moves_something"),
        CheckConstraint("cause IS NULL OR kind IN ('churned', 'downgraded')", "only_ends_have_a_cause"),
        CheckConstraint("supporters_in_currency BETWEEN -1 AND 1", "supporters_in_currency_is_one_head"),
        CheckConstraint(
            "annual_before >= 0 AND annual_before + annual_amount >= 0", "counts_for_no_less_than_nothing"
        ),
        CheckConstraint("switched_from IS NULL OR switched_from <> frequency", "switches_to_another"),
        Index("ix_movement_occurred_at", "occurred_at"),
        Index("ix_movement_supporter_id", "supporter_id", "id"),
        Index("ix_movement_subscription_id", "subscription_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    supporter_id: Mapped[int] = mapped_column(BigId, ForeignKey("supporter.id"))
    subscription_id: Mapped[int] = mapped_column(BigId, ForeignKey("subscription.id"))
    kind: Mapped[MovementKind] = mapped_column(enum_of(MovementKind, "kind"))
    cause: Mapped[ChurnCause | None] = mapped_column(enum_of(ChurnCause, "cause"))
    tag: Mapped[MovementTag | None] = mapped_column(enum_of(MovementTag, "tag"))
    currency: Mapped[str] = mapped_column(String(3))
    frequency: Mapped[Frequency] = mapped_column(enum_of(Frequency, "frequency"))
    """The gift's rhythm from then on."""
    switched_from: Mapped[Frequency | None] = mapped_column(enum_of(Frequency, "switched_from"))
    """The rhythm under which it counted before, where that was another."""
    annual_before: Mapped[int] = mapped_column(BigId)
    """What the gift counted for until then: a year's worth."""
    annual_amount: Mapped[int] = mapped_column(BigId)
    """The difference, a year's worth in minor units: twelve times that of MRR."""
    supporters: Mapped[int]
    """1 where somebody began to give regularly, -1 where they stopped, else 0."""
    supporters_in_currency: Mapped[int]
    """The same, as if they gave in no other currency."""
    occurred_at: Mapped[datetime]
    """By Stripe's clock where it says when, else when we learnt of it."""
    occurred_on: Mapped[date]
    """The day in the reporting zone."""
    recorded_at: Mapped[datetime]
