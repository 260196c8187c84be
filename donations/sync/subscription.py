"""A Subscription: how a recurring gift stands. One that has ended never revives."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.errors import Mismatch
from donations.domain.gifts import Frequency
from donations.domain.standing import Standing, can_become, is_terminal
from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import SubscriptionSnapshot
from donations.models import Checkout, Donation, StripeCustomer, Subscription
from donations.models.insert import insert_if_absent
from donations.services import fulfilment
from donations.sync.outcome import Applied, Relative, SyncContext, not_ours

_FREQUENCIES: Final = {("month", 1): Frequency.MONTHLY, ("year", 1): Frequency.ANNUAL}


def relatives(session: Session, snapshot: SubscriptionSnapshot) -> list[Relative]:
    """Its latest invoice, while no payment of that is recorded."""
    if snapshot.latest_invoice_id is None:
        return []
    recorded = select(Donation.id).where(Donation.stripe_invoice_id == snapshot.latest_invoice_id).limit(1)
    if session.scalar(recorded) is not None:
        return []
    return [Relative(ObjectKind.INVOICE, snapshot.latest_invoice_id)]


def apply(session: Session, context: SyncContext, snapshot: SubscriptionSnapshot) -> Applied:
    """Bring our row up to it, or make the row. Raises Mismatch."""
    if snapshot.reference is None:
        return not_ours("the subscription carries no reference")
    checkout = fulfilment.find_locked(session, snapshot.reference)
    if checkout is None:
        return not_ours("no checkout has the subscription's reference")
    _check(checkout, snapshot)
    checkout.stripe_subscription_id = snapshot.id
    row = session.scalar(
        select(Subscription).where(Subscription.stripe_subscription_id == snapshot.id).with_for_update()
    )
    if row is None:
        session.add(_new_row(session, context, checkout, snapshot))
        return Applied()
    return _update(context, row, snapshot)


def _check(checkout: Checkout, snapshot: SubscriptionSnapshot) -> None:
    if not checkout.frequency.is_recurring:
        raise Mismatch("a subscription claims a checkout that gives once")
    if checkout.stripe_subscription_id not in {None, snapshot.id}:
        raise Mismatch("the checkout has another subscription")
    if snapshot.currency != checkout.currency:
        raise Mismatch("the subscription has another currency than its checkout")


def _new_row(
    session: Session, context: SyncContext, checkout: Checkout, snapshot: SubscriptionSnapshot
) -> Subscription:
    _adopt_customer(session, context, checkout, snapshot)
    row = Subscription(
        stripe_subscription_id=snapshot.id,
        stripe_customer_id=snapshot.customer_id,
        supporter_id=checkout.supporter_id,
        checkout_id=checkout.id,
        currency=snapshot.currency,
        started_at=snapshot.started_at,
        recorded_at=context.now,
    )
    _write(context, row, _standing(snapshot), snapshot)
    return row


def _update(context: SyncContext, row: Subscription, snapshot: SubscriptionSnapshot) -> Applied:
    standing = _standing(snapshot)
    if not can_become(row.standing, standing):
        return Applied(note=f"stays {row.standing}, though Stripe says {standing}")
    _write(context, row, standing, snapshot)
    return Applied()


def _write(
    context: SyncContext, row: Subscription, standing: Standing, snapshot: SubscriptionSnapshot
) -> None:
    row.standing = standing
    row.frequency = _frequency(snapshot)
    row.amount = snapshot.unit_amount * snapshot.quantity
    row.current_period_ends_at = snapshot.current_period_ends_at
    row.cancels_at = _cancels_at(snapshot)
    row.ended_at = _ended_at(context, row, snapshot) if is_terminal(standing) else None
    row.end_reason = snapshot.cancellation_reason
    row.is_collection_paused = snapshot.is_collection_paused
    row.resumes_at = snapshot.resumes_at


def _adopt_customer(
    session: Session, context: SyncContext, checkout: Checkout, snapshot: SubscriptionSnapshot
) -> None:
    values = {
        "stripe_customer_id": snapshot.customer_id,
        "supporter_id": checkout.supporter_id,
        "created_at": context.now,
    }
    insert_if_absent(session, StripeCustomer, values)
    if session.get_one(StripeCustomer, snapshot.customer_id).supporter_id != checkout.supporter_id:
        raise Mismatch("the subscription's customer belongs to another supporter")


def _standing(snapshot: SubscriptionSnapshot) -> Standing:
    try:
        return Standing(snapshot.status)
    except ValueError:
        raise Mismatch(f"a subscription that is {snapshot.status} is not known") from None


def _frequency(snapshot: SubscriptionSnapshot) -> Frequency:
    frequency = _FREQUENCIES.get((snapshot.interval, snapshot.interval_count))
    if frequency is None:
        raise Mismatch(f"a charge every {snapshot.interval_count} {snapshot.interval} is not offered")
    return frequency


def _cancels_at(snapshot: SubscriptionSnapshot) -> datetime | None:
    """Stripe says it in either of two ways; the portal uses the first alone."""
    if snapshot.cancel_at is not None:
        return snapshot.cancel_at
    return snapshot.current_period_ends_at if snapshot.cancels_at_period_end else None


def _ended_at(context: SyncContext, row: Subscription, snapshot: SubscriptionSnapshot) -> datetime:
    return snapshot.ended_at or snapshot.canceled_at or row.ended_at or context.now
