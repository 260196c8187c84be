"""A recurring gift; our row for one Stripe Subscription."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from donations.domain.gifts import Frequency
from donations.domain.standing import Standing
from donations.models.base import Base, BigId, currency_is_iso, enum_of


class Subscription(Base):
    """What Stripe last said of it. A cancelled one never revives (a trigger holds that too)."""

    __tablename__ = "subscription"
    __table_args__ = (
        CheckConstraint("amount > 0", "amount_is_positive"),
        currency_is_iso(),
        CheckConstraint("frequency <> 'once'", "is_recurring"),
        CheckConstraint(
            "(standing IN ('canceled', 'incomplete_expired')) = (ended_at IS NOT NULL)", "ended_when_terminal"
        ),
        Index("ix_subscription_standing", "standing", "currency"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    stripe_subscription_id: Mapped[str] = mapped_column(String(255), unique=True)
    stripe_customer_id: Mapped[str] = mapped_column(ForeignKey("stripe_customer.stripe_customer_id"))
    supporter_id: Mapped[int] = mapped_column(BigId, ForeignKey("supporter.id"), index=True)
    checkout_id: Mapped[int] = mapped_column(BigId, ForeignKey("checkout.id"), unique=True)
    origin_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("origin.id"))
    standing: Mapped[Standing] = mapped_column(enum_of(Standing, "standing"))
    frequency: Mapped[Frequency] = mapped_column(enum_of(Frequency, "frequency"))
    amount: Mapped[int] = mapped_column(BigId)
    """Of each charge, in minor units."""
    currency: Mapped[str] = mapped_column(String(3))
    started_at: Mapped[datetime]
    first_paid_at: Mapped[datetime | None]
    """When its first payment succeeded; before that it counts in no figure."""
    current_period_ends_at: Mapped[datetime | None]
    cancels_at: Mapped[datetime | None]
    """When it will end. Set by either of Stripe's two ways to say so."""
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(String(64))
    cancels_at_period_end: Mapped[bool | None]
    """By which of Stripe's two ways: what is undone must be undone by the same."""
    is_collection_paused: Mapped[bool] = mapped_column(default=False)
    resumes_at: Mapped[datetime | None]

    stripe_item_id: Mapped[str | None] = mapped_column(String(255))
    stripe_product_id: Mapped[str | None] = mapped_column(String(255))
    """What a change of amount must name."""
    stripe_payment_method_id: Mapped[str | None] = mapped_column(String(255), index=True)
    """What is charged next, as an id alone: nothing of a card is kept."""

    failing_invoice_id: Mapped[str | None] = mapped_column(String(255))
    """The invoice whose payment failed and that is still owed."""
    failing_since: Mapped[datetime | None]
    failing_next_try_at: Mapped[datetime | None]
    """When Stripe asks for that payment again; None where it does not."""
    confirmation_asked_at: Mapped[datetime | None]
    """Since when the bank waits for the reader to confirm that payment (3-D Secure)."""
    kept_beside_others_at: Mapped[datetime | None]
    """When the supporter said that this gift and an earlier one are both meant."""
    recorded_at: Mapped[datetime]
