"""One successful payment; the money facts of it are written once and never changed."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from donations.domain.gifts import Frequency
from donations.domain.offline import OfflineMethod
from donations.models.base import Base, BigId, currency_is_iso, enum_of


class DonationSource(StrEnum):
    STRIPE = "stripe"
    OFFLINE = "offline"


class Donation(Base):
    """Keyed by Stripe's PaymentIntent, whichever event told of it. Amounts are in minor units.

    Fee, net and settlement currency come with the balance transaction, which may be later. Of what staff
    entered they are known at once: all of it arrived, and `charged_at` is the noon of the day it did.
    """

    __tablename__ = "donation"
    __table_args__ = (
        CheckConstraint("amount > 0", "amount_is_positive"),
        CheckConstraint("refunded_amount BETWEEN 0 AND amount", "refunded_within_amount"),
        currency_is_iso(),
        CheckConstraint(
            "(source = 'stripe') = (stripe_payment_intent_id IS NOT NULL)",
            "stripe_gives_payment_intent",
        ),
        CheckConstraint(
            "(fee_amount IS NULL) = (settlement_currency IS NULL)"
            " AND (fee_amount IS NULL) = (net_amount IS NULL)"
            " AND (fee_amount IS NULL) = (settled_amount IS NULL)",
            "settlement_is_whole",
        ),
        CheckConstraint("settled_amount - fee_amount = net_amount", "net_is_settled_less_fee"),
        CheckConstraint("method IS NULL OR source = 'offline'", "only_offline_has_a_method"),
        CheckConstraint("entry_nonce IS NULL OR source = 'offline'", "only_offline_has_a_nonce"),
        Index("ix_donation_entry_nonce", "entry_nonce", unique=True),
        Index("ix_donation_charged_on", "charged_on", "currency", "frequency"),
        Index("ix_donation_charged_at", "charged_at"),
        Index("ix_donation_supporter_id_charged_at", "supporter_id", "charged_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    supporter_id: Mapped[int] = mapped_column(BigId, ForeignKey("supporter.id"))
    checkout_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("checkout.id"), index=True)
    subscription_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("subscription.id"), index=True)
    origin_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("origin.id"))
    source: Mapped[DonationSource] = mapped_column(enum_of(DonationSource, "source"))
    frequency: Mapped[Frequency] = mapped_column(enum_of(Frequency, "frequency"))
    amount: Mapped[int] = mapped_column(BigId)
    currency: Mapped[str] = mapped_column(String(3))
    refunded_amount: Mapped[int] = mapped_column(BigId, default=0)
    """The sum of its succeeded refunds, kept here so that the database can refuse too much."""

    method: Mapped[OfflineMethod | None] = mapped_column(enum_of(OfflineMethod, "method"))
    """How a gift came that staff entered."""
    entry_nonce: Mapped[str | None] = mapped_column(String(64))
    """Of the form that staff entered it with: one form enters one gift, however often it is sent."""

    stripe_payment_intent_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    stripe_charge_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    stripe_invoice_id: Mapped[str | None] = mapped_column(String(255), index=True)

    settlement_currency: Mapped[str | None] = mapped_column(String(3))
    settled_amount: Mapped[int | None] = mapped_column(BigId)
    """What the charge came to in the settlement currency, before the fee."""
    fee_amount: Mapped[int | None] = mapped_column(BigId)
    net_amount: Mapped[int | None] = mapped_column(BigId)
    settlement_recorded_at: Mapped[datetime | None]
    """When we learnt these."""

    charged_at: Mapped[datetime]
    charged_on: Mapped[date]
    """The day in the reporting zone."""
    recorded_at: Mapped[datetime]
