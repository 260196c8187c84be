"""Stripe's customers, and whose they are. One supporter may have several."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from donations.models.base import Base, BigId


class StripeCustomer(Base):
    """Stripe makes one for each recurring checkout; we never reuse one from the public page,
    where anybody may type anybody's address and would be offered that person's saved cards."""

    __tablename__ = "stripe_customer"

    stripe_customer_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    supporter_id: Mapped[int] = mapped_column(BigId, ForeignKey("supporter.id"), index=True)
    stripe_payment_method_id: Mapped[str | None] = mapped_column(String(255))
    """The customer's default, as an id alone, to notice when another one is chosen."""
    created_at: Mapped[datetime]
