"""One attempt to give; our row for one Stripe Checkout Session."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from donations.domain.checkouts import CheckoutStatus
from donations.domain.gifts import Frequency
from donations.models.base import Base, BigId, currency_is_iso, enum_of


class Checkout(Base):
    """Written before Stripe is called, with the exact parameters and the key of that call.

    Amounts are in minor units. Terminal states are kept by a trigger (see migrations).
    """

    __tablename__ = "checkout"
    __table_args__ = (
        CheckConstraint("gift_amount > 0", "gift_is_positive"),
        CheckConstraint("charge_amount >= gift_amount", "charge_covers_gift"),
        currency_is_iso(),
        Index("ix_checkout_status_expires_at", "status", "expires_at"),
        Index("ix_checkout_created_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    reference: Mapped[str] = mapped_column(String(32), unique=True)
    supporter_id: Mapped[int] = mapped_column(BigId, ForeignKey("supporter.id"), index=True)
    status: Mapped[CheckoutStatus] = mapped_column(enum_of(CheckoutStatus, "status"))
    frequency: Mapped[Frequency] = mapped_column(enum_of(Frequency, "frequency"))
    currency: Mapped[str] = mapped_column(String(3))
    gift_amount: Mapped[int] = mapped_column(BigId)
    charge_amount: Mapped[int] = mapped_column(BigId)
    """What Stripe is asked to charge: the gift, and the fee where the reader covers it."""
    wants_newsletter: Mapped[bool]
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    locale: Mapped[str] = mapped_column(String(16))

    nonce: Mapped[str] = mapped_column(String(64), unique=True)
    """Of the form it came from: one form opens one session, however often it is sent."""
    idempotency_key: Mapped[str] = mapped_column(String(64), unique=True)
    parameters_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """The exact request to Stripe as JSON. Sealed, because it carries the address."""

    asked_at: Mapped[datetime | None]
    """When somebody began to ask Stripe, while the answer is awaited. Others of the same form wait
    for that answer instead of asking too."""

    stripe_session_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    stripe_url: Mapped[str | None] = mapped_column(Text)
    stripe_payment_intent_id: Mapped[str | None] = mapped_column(String(255), index=True)
    stripe_subscription_id: Mapped[str | None] = mapped_column(String(255), index=True)

    article: Mapped[str | None] = mapped_column(String(100))
    placement: Mapped[str | None] = mapped_column(String(100))
    campaign: Mapped[str | None] = mapped_column(String(100))
    variant: Mapped[str | None] = mapped_column(String(100))
    utm_source: Mapped[str | None] = mapped_column(String(100))
    utm_medium: Mapped[str | None] = mapped_column(String(100))
    utm_campaign: Mapped[str | None] = mapped_column(String(100))
    utm_content: Mapped[str | None] = mapped_column(String(100))
    utm_term: Mapped[str | None] = mapped_column(String(100))

    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    """When Stripe closes the session; frozen here, so that a repeated request is the same."""
    first_charge_at: Mapped[datetime | None]
    """Of a recurring gift that begins later: when it is first charged. None for at once."""
    ended_at: Mapped[datetime | None]
    """When it became paid, unpaid, expired or failed."""

    @property
    def covers_fees(self) -> bool:
        return self.charge_amount > self.gift_amount
