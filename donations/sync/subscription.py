"""A Subscription: how a recurring gift stands. One that has ended never revives."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.changes import ChangeKind
from donations.domain.checkouts import CheckoutStatus
from donations.domain.errors import Mismatch
from donations.domain.gifts import Frequency
from donations.domain.standing import TERMINAL, Standing, can_become, is_terminal
from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import SubscriptionSnapshot
from donations.models import Checkout, Donation, StripeCustomer, Subscription
from donations.models.insert import insert_if_absent
from donations.services import (
    announcements,
    fulfilment,
    gift_changes,
    movements,
    origins,
    payment_failures,
    recurring_gifts,
)
from donations.services.announcements import Before
from donations.services.gift_changes import Wish
from donations.sync.outcome import Applied, Relative, SyncContext, not_ours

_OWES_NOTHING: Final = frozenset({Standing.ACTIVE, Standing.TRIALING, *TERMINAL})
"""What was owed is paid, or not asked for any more."""

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
        row = _new_row(session, context, checkout, snapshot)
        session.add(row)
        session.flush()
        _follow_up(session, context, row, snapshot, Before.agreed(checkout))
        applied = Applied()
    else:
        applied = _update(session, context, row, snapshot)
    _end_attempt(checkout, row, context.now)
    return applied


def _check(checkout: Checkout, snapshot: SubscriptionSnapshot) -> None:
    if not checkout.frequency.is_recurring:
        raise Mismatch("a subscription claims a checkout that gives once")
    if checkout.stripe_subscription_id not in {None, snapshot.id}:
        raise Mismatch("the checkout has another subscription")
    if snapshot.currency != checkout.currency:
        raise Mismatch("the subscription has another currency than its checkout")


def _end_attempt(checkout: Checkout, row: Subscription, now: datetime) -> None:
    """A gift agreed to begin later that was ended before: nothing comes of its attempt any more."""
    is_agreed = checkout.first_charge_at is not None and checkout.status is CheckoutStatus.PROCESSING
    if is_agreed and is_terminal(row.standing):
        fulfilment.advance(checkout, CheckoutStatus.UNPAID, now)


def _new_row(
    session: Session, context: SyncContext, checkout: Checkout, snapshot: SubscriptionSnapshot
) -> Subscription:
    _adopt_customer(session, context, checkout, snapshot)
    row = Subscription(
        stripe_subscription_id=snapshot.id,
        stripe_customer_id=snapshot.customer_id,
        supporter_id=checkout.supporter_id,
        checkout_id=checkout.id,
        origin_id=origins.of_checkout(session, checkout),
        currency=snapshot.currency,
        started_at=snapshot.started_at,
        recorded_at=context.now,
    )
    _write(context, row, standing_of(snapshot), snapshot)
    return row


def _update(
    session: Session, context: SyncContext, row: Subscription, snapshot: SubscriptionSnapshot
) -> Applied:
    standing = standing_of(snapshot)
    if not can_become(row.standing, standing):
        return Applied(note=f"stays {row.standing}, though Stripe says {standing}")
    before, method_before = Before.of(row), row.stripe_payment_method_id
    _write(context, row, standing, snapshot)
    if row.failing_invoice_id is not None and method_before not in {None, row.stripe_payment_method_id}:
        _try_new_card(session, row, context.now)
    _follow_up(session, context, row, snapshot, before)
    return Applied()


def _follow_up(
    session: Session,
    context: SyncContext,
    row: Subscription,
    snapshot: SubscriptionSnapshot,
    before: Before,
) -> None:
    """What the change means for the ledger, and whom it must be told to."""
    now = context.now
    movement = movements.book(session, row, zone=context.zone, now=now, was=before.frequency)
    recurring_gifts.note_movement(session, row, movement, now)
    announcements.tell_of_change(session, row, before, now)
    if is_terminal(row.standing):
        payment_failures.note_end(session, row, now)
    announcements.plan_ahead(session, row, snapshot.card_expires_on, zone=context.zone, now=now)


def _try_new_card(session: Session, row: Subscription, now: datetime) -> None:
    """Another card was given while a payment is owed: ask for that now, instead of in some days."""
    wish = Wish(
        kind=ChangeKind.RETRY_PAYMENT,
        nonce=f"retry:{row.failing_invoice_id}:{row.stripe_payment_method_id}",
        parameters={"invoice": row.failing_invoice_id},
    )
    gift_changes.leave_to_the_worker(session, row, wish, now)


def _write(
    context: SyncContext, row: Subscription, standing: Standing, snapshot: SubscriptionSnapshot
) -> None:
    row.standing = standing
    row.frequency = frequency_of(snapshot)
    row.amount = snapshot.unit_amount * snapshot.quantity
    row.current_period_ends_at = snapshot.current_period_ends_at
    row.cancels_at = cancels_at_of(snapshot)
    row.ended_at = _ended_at(context, row, snapshot) if is_terminal(standing) else None
    row.end_reason = snapshot.cancellation_reason
    row.cancels_at_period_end = snapshot.cancels_at_period_end
    row.is_collection_paused = snapshot.is_collection_paused
    row.resumes_at = snapshot.resumes_at
    row.stripe_item_id = snapshot.item_id
    row.stripe_product_id = snapshot.product_id
    row.stripe_payment_method_id = snapshot.payment_method_id
    if standing in _OWES_NOTHING:
        recurring_gifts.owe_nothing(row)


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


def standing_of(snapshot: SubscriptionSnapshot) -> Standing:
    try:
        return Standing(snapshot.status)
    except ValueError:
        raise Mismatch(f"a subscription that is {snapshot.status} is not known") from None


def frequency_of(snapshot: SubscriptionSnapshot) -> Frequency:
    frequency = _FREQUENCIES.get((snapshot.interval, snapshot.interval_count))
    if frequency is None:
        raise Mismatch(f"a charge every {snapshot.interval_count} {snapshot.interval} is not offered")
    return frequency


def cancels_at_of(snapshot: SubscriptionSnapshot) -> datetime | None:
    """Stripe says it in either of two ways; the portal uses the first alone."""
    if snapshot.cancel_at is not None:
        return snapshot.cancel_at
    return snapshot.current_period_ends_at if snapshot.cancels_at_period_end else None


def _ended_at(context: SyncContext, row: Subscription, snapshot: SubscriptionSnapshot) -> datetime:
    return snapshot.ended_at or snapshot.canceled_at or row.ended_at or context.now
