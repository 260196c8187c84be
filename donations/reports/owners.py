"""Whose an object of Stripe's is, for a link to their record."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from donations.models import Checkout, Dispute, Donation, Refund, Subscription, Supporter


def owners_of(session: Session, stripe_ids: Collection[str]) -> dict[str, str]:
    """The supporters' references, by the ids of payments, refunds, disputes, subscriptions and sessions that
    we know."""
    by_supporter = (
        select(column, model.supporter_id).where(column.in_(stripe_ids))
        for model, column in (
            (Donation, Donation.stripe_payment_intent_id),
            (Donation, Donation.stripe_charge_id),
            (Subscription, Subscription.stripe_subscription_id),
            (Checkout, Checkout.stripe_session_id),
            (Checkout, Checkout.stripe_payment_intent_id),
        )
    )
    by_donation = (
        select(column, Donation.supporter_id)
        .join(Donation, Donation.id == model.donation_id)
        .where(column.in_(stripe_ids))
        for model, column in (
            (Refund, Refund.stripe_refund_id),
            (Dispute, Dispute.stripe_dispute_id),
        )
    )
    found = union_all(*by_supporter, *by_donation).subquery()
    stripe_id, supporter_id = found.c
    rows = session.execute(
        select(stripe_id, Supporter.reference).join(Supporter, Supporter.id == supporter_id)
    )
    return {str(known): str(reference) for known, reference in rows}
