"""A PaymentIntent: the only thing that makes a donation, whichever event told of it.

A recurring checkout's session and its first invoice speak of the same payment; both only have it
looked at, so there is one donation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.checkouts import CheckoutStatus
from donations.domain.errors import Mismatch
from donations.domain.gifts import Frequency
from donations.domain.periods import local_day
from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import PaymentIntentSnapshot
from donations.models import Checkout, Subscription
from donations.services import (
    donations,
    fulfilment,
    movements,
    origins,
    outbox,
    payment_failures,
    recurring_gifts,
    tickets,
)
from donations.sync.outcome import Applied, NotYet, Relative, SyncContext, not_ours

_REFUSED: Final = frozenset({"requires_payment_method", "canceled"})
_LONGEST_MONTH: Final = timedelta(days=32)
_UNDER_WAY: Final = frozenset({"requires_confirmation", "requires_action", "requires_capture"})


@dataclass(frozen=True, slots=True)
class _Origin:
    """Which of our checkouts a payment came from; of a recurring gift also its subscription."""

    checkout: Checkout
    subscription: Subscription | None


def relatives(session: Session, snapshot: PaymentIntentSnapshot) -> list[Relative]:
    """A subscription, each time a payment of it is new: its period has moved on."""
    if snapshot.invoice is None or snapshot.invoice.subscription_id is None:
        return []
    if donations.is_recorded(session, snapshot.id):
        return []
    return [Relative(ObjectKind.SUBSCRIPTION, snapshot.invoice.subscription_id)]


def apply(session: Session, context: SyncContext, snapshot: PaymentIntentSnapshot) -> Applied:
    """Record the donation of a payment that succeeded. Raises Mismatch or NotYet."""
    if snapshot.reference is None and (snapshot.invoice is None or not snapshot.invoice.subscription_id):
        return not_ours("the payment has no reference and no invoice of a subscription")
    origin = _origin(session, context, snapshot)
    if origin is None:
        return not_ours("the payment's subscription is not ours")
    if snapshot.status == "succeeded":
        return _record(session, context, origin, snapshot)
    return _note_status(context, origin.checkout, snapshot)


def _origin(session: Session, context: SyncContext, snapshot: PaymentIntentSnapshot) -> _Origin | None:
    if snapshot.reference is not None:
        return _Origin(_checkout_given_once(session, snapshot), None)
    assert snapshot.invoice is not None
    stripe_id = snapshot.invoice.subscription_id
    assert stripe_id is not None
    checkout = session.scalar(
        select(Checkout)
        .join(Subscription, Subscription.checkout_id == Checkout.id)
        .where(Subscription.stripe_subscription_id == stripe_id)
        .with_for_update(of=Checkout)
    )
    if checkout is None:
        return _without_subscription(session, context, stripe_id, snapshot.invoice.reference)
    by_id = select(Subscription).where(Subscription.stripe_subscription_id == stripe_id)
    return _Origin(checkout, session.scalars(by_id.with_for_update()).one())


def _without_subscription(
    session: Session, context: SyncContext, stripe_id: str, reference: str | None
) -> None:
    """Not ours, but only once the subscription was looked at since there was news of the payment."""
    if not tickets.was_looked_at(session, ObjectKind.SUBSCRIPTION, stripe_id, context.news_at):
        raise NotYet(Relative(ObjectKind.SUBSCRIPTION, stripe_id))
    if reference is not None and fulfilment.find_locked(session, reference) is not None:
        raise Mismatch("the payment's reference is ours, but its subscription is not")


def _checkout_given_once(session: Session, snapshot: PaymentIntentSnapshot) -> Checkout:
    assert snapshot.reference is not None
    checkout = fulfilment.find_locked(session, snapshot.reference)
    if checkout is None:
        # Our row is committed before Stripe is asked, so it cannot be merely late.
        raise Mismatch("no checkout has the payment's reference")
    if checkout.frequency.is_recurring:
        raise Mismatch("a payment by itself claims a recurring checkout")
    if checkout.stripe_payment_intent_id not in {None, snapshot.id}:
        raise Mismatch("the checkout has another payment")
    return checkout


def _record(
    session: Session, context: SyncContext, origin: _Origin, snapshot: PaymentIntentSnapshot
) -> Applied:
    _check_money(origin, snapshot)
    payment = _payment(session, context, origin, snapshot)
    recorded = donations.record(session, payment, snapshot.charge, context.now)
    payment_failures.note_recovery(session, recorded.invoice_id, recorded.charged_at)
    if recorded.is_new:
        outbox.add(session, "receipt", snapshot.id, payment.supporter_id, context.now)
    if origin.subscription is None:
        origin.checkout.stripe_payment_intent_id = snapshot.id
    else:
        _note_first_payment(session, context, origin.subscription, recorded.charged_at)
    is_advanced = fulfilment.mark_paid(session, origin.checkout, context.vault, context.now)
    return (
        Applied() if is_advanced else Applied(note=f"paid, yet its checkout stays {origin.checkout.status}")
    )


def _check_money(origin: _Origin, snapshot: PaymentIntentSnapshot) -> None:
    """A gift given once was agreed to the cent; a recurring one may have been changed since."""
    due = origin.subscription or origin.checkout
    if snapshot.currency != due.currency:
        raise Mismatch("the payment has another currency than was agreed")
    if origin.subscription is None and snapshot.amount_received != origin.checkout.charge_amount:
        raise Mismatch("the payment has another amount than was agreed")
    if snapshot.amount_received <= 0:
        raise Mismatch("the payment succeeded with nothing received")


def _payment(
    session: Session, context: SyncContext, origin: _Origin, snapshot: PaymentIntentSnapshot
) -> donations.Payment:
    charged_at = snapshot.created_at if snapshot.charge is None else snapshot.charge.created_at
    return donations.Payment(
        payment_intent_id=snapshot.id,
        invoice_id=None if snapshot.invoice is None else snapshot.invoice.invoice_id,
        supporter_id=origin.checkout.supporter_id,
        checkout_id=origin.checkout.id,
        subscription_id=None if origin.subscription is None else origin.subscription.id,
        origin_id=origins.of_checkout(session, origin.checkout),
        frequency=_frequency(origin, snapshot),
        amount=snapshot.amount_received,
        currency=snapshot.currency,
        charged_at=charged_at,
        charged_on=local_day(charged_at, context.zone),
    )


def _frequency(origin: _Origin, snapshot: PaymentIntentSnapshot) -> Frequency:
    """Of the time that was paid for: the gift may have another rhythm by now."""
    if origin.subscription is None:
        return Frequency.ONCE
    covers = None if snapshot.invoice is None else snapshot.invoice.covers
    if covers is None:
        return origin.subscription.frequency
    return Frequency.ANNUAL if covers > _LONGEST_MONTH else Frequency.MONTHLY


def _note_first_payment(
    session: Session, context: SyncContext, subscription: Subscription, charged_at: datetime
) -> None:
    """The earliest of its payments, in whatever order they are recorded. With it the gift counts."""
    if subscription.first_paid_at is not None and charged_at >= subscription.first_paid_at:
        return
    subscription.first_paid_at = charged_at
    movement = movements.book(session, subscription, zone=context.zone, now=context.now)
    recurring_gifts.note_movement(session, subscription, movement, context.now)


def _note_status(context: SyncContext, checkout: Checkout, snapshot: PaymentIntentSnapshot) -> Applied:
    """A refusal ends the attempt only once the reader was through; before, another card may follow."""
    if snapshot.status == "processing":
        if checkout.status is not CheckoutStatus.PAID:
            fulfilment.advance(checkout, CheckoutStatus.PROCESSING, context.now)
    elif snapshot.status in _REFUSED:
        if checkout.status is CheckoutStatus.PROCESSING:
            fulfilment.advance(checkout, CheckoutStatus.UNPAID, context.now)
    elif snapshot.status not in _UNDER_WAY:
        raise Mismatch(f"a payment that is {snapshot.status} is not known")
    return Applied()
