"""The canonical state: what we believe about money, in an order that does not depend on how we learnt it.

Sorted by Stripe's ids, amounts in minor units, instants in whole seconds of UTC. No personal data,
and none of our own row numbers: two databases that saw the same life give the same text.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import nulls_last, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from donations.models import Dispute, Donation, Movement, Refund, Subscription


def dump(session: Session) -> dict[str, list[dict[str, Any]]]:
    """Everything, as plain values."""
    return {
        "donations": _donations(session),
        "refunds": _refunds(session),
        "disputes": _disputes(session),
        "subscriptions": _subscriptions(session),
        "movements": _movements(session),
    }


def _donations(session: Session) -> list[dict[str, Any]]:
    rows = session.execute(
        select(Donation, Subscription.stripe_subscription_id)
        .outerjoin(Subscription, Subscription.id == Donation.subscription_id)
        # Databases differ in where they sort what has no id: gifts that staff entered come last.
        .order_by(nulls_last(Donation.stripe_payment_intent_id), Donation.id)
    )
    return [
        {
            "payment_intent": row.stripe_payment_intent_id,
            "charge": row.stripe_charge_id,
            "invoice": row.stripe_invoice_id,
            "subscription": subscription,
            "source": row.source.value,
            "frequency": row.frequency.value,
            "amount": row.amount,
            "currency": row.currency,
            "refunded": row.refunded_amount,
            "settlement_currency": row.settlement_currency,
            "settled": row.settled_amount,
            "fee": row.fee_amount,
            "net": row.net_amount,
            "charged_at": _instant(row.charged_at),
        }
        for row, subscription in rows
    ]


def _refunds(session: Session) -> list[dict[str, Any]]:
    return _of_donations(session, Refund, Refund.stripe_refund_id)


def _disputes(session: Session) -> list[dict[str, Any]]:
    return _of_donations(session, Dispute, Dispute.stripe_dispute_id)


def _of_donations(
    session: Session, model: type[Refund] | type[Dispute], stripe_id: InstrumentedAttribute[str]
) -> list[dict[str, Any]]:
    rows = session.execute(
        select(stripe_id, Donation.stripe_payment_intent_id, model.amount, model.currency, model.status)
        .join(Donation, Donation.id == model.donation_id)
        .order_by(stripe_id)
    )
    names = ("id", "payment_intent", "amount", "currency", "status")
    return [dict(zip(names, row, strict=True)) for row in rows]


def _subscriptions(session: Session) -> list[dict[str, Any]]:
    rows = session.scalars(select(Subscription).order_by(Subscription.stripe_subscription_id))
    return [
        {
            "id": row.stripe_subscription_id,
            "customer": row.stripe_customer_id,
            "status": row.standing.value,
            "frequency": row.frequency.value,
            "amount": row.amount,
            "currency": row.currency,
            "started_at": _instant(row.started_at),
            "current_period_ends_at": _instant(row.current_period_ends_at),
            "cancels_at": _instant(row.cancels_at),
            "ended_at": _instant(row.ended_at),
            "is_collection_paused": row.is_collection_paused,
        }
        for row in rows
    ]


def _movements(session: Session) -> list[dict[str, Any]]:
    """In the order in which they were added to the ledger of each gift. Amounts are a year's worth."""
    rows = session.execute(
        select(Movement, Subscription.stripe_subscription_id)
        .join(Subscription, Subscription.id == Movement.subscription_id)
        .order_by(Subscription.stripe_subscription_id, Movement.id)
    )
    return [
        {
            "subscription": subscription,
            "kind": row.kind.value,
            "cause": None if row.cause is None else row.cause.value,
            "tag": None if row.tag is None else row.tag.value,
            "currency": row.currency,
            "annual_amount": row.annual_amount,
            "supporters": row.supporters,
        }
        for row, subscription in rows
    ]


def _instant(value: datetime | None) -> int | None:
    return None if value is None else int(value.timestamp())
