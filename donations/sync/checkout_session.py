"""A Checkout Session: how one attempt to give stands. It records no money; its payment does."""

from __future__ import annotations

from sqlalchemy.orm import Session

from donations.domain.checkouts import CheckoutStatus
from donations.domain.errors import Mismatch
from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import CheckoutSessionSnapshot
from donations.models import Checkout
from donations.services import donations, fulfilment
from donations.sync.outcome import Applied, Relative, SyncContext, not_ours


def relatives(session: Session, snapshot: CheckoutSessionSnapshot) -> list[Relative]:
    """The payment or the subscription that came of it, so that a lost event of theirs is made good."""
    if snapshot.status != "complete":
        return []
    found: list[Relative] = []
    if snapshot.payment_intent_id and not donations.is_recorded(session, snapshot.payment_intent_id):
        found.append(Relative(ObjectKind.PAYMENT_INTENT, snapshot.payment_intent_id))
    if snapshot.subscription_id:
        found.append(Relative(ObjectKind.SUBSCRIPTION, snapshot.subscription_id))
    return found


def apply(session: Session, context: SyncContext, snapshot: CheckoutSessionSnapshot) -> Applied:
    """Bring the checkout that the session was opened for up to it. Raises Mismatch."""
    if snapshot.reference is None:
        return not_ours("the session carries no reference")
    checkout = fulfilment.find_locked(session, snapshot.reference)
    if checkout is None:
        return not_ours("no checkout has the session's reference")
    _check(checkout, snapshot)
    _adopt_ids(checkout, snapshot)
    return _advance(session, context, checkout, snapshot)


def _check(checkout: Checkout, snapshot: CheckoutSessionSnapshot) -> None:
    if checkout.stripe_session_id not in {None, snapshot.id}:
        raise Mismatch("the checkout has another session")
    if snapshot.mode != ("subscription" if checkout.frequency.is_recurring else "payment"):
        raise Mismatch("the session has another mode than its checkout")
    if snapshot.currency not in {None, checkout.currency}:
        raise Mismatch("the session has another currency than its checkout")
    due_now = checkout.charge_amount if checkout.first_charge_at is None else 0
    if snapshot.amount_total not in {None, due_now}:
        raise Mismatch("the session has another amount than its checkout")


def _adopt_ids(checkout: Checkout, snapshot: CheckoutSessionSnapshot) -> None:
    """Also what we never heard because Stripe's answer was lost: the session's own id and address."""
    checkout.stripe_session_id = snapshot.id
    checkout.stripe_url = snapshot.url or checkout.stripe_url
    for column, stripe_id in (
        ("stripe_payment_intent_id", snapshot.payment_intent_id),
        ("stripe_subscription_id", snapshot.subscription_id),
    ):
        if stripe_id is None:
            continue
        if getattr(checkout, column) not in {None, stripe_id}:
            raise Mismatch("the checkout has another payment")
        setattr(checkout, column, stripe_id)


def _advance(
    session: Session, context: SyncContext, checkout: Checkout, snapshot: CheckoutSessionSnapshot
) -> Applied:
    match (snapshot.status, snapshot.payment_status):
        case ("open", _):
            is_advanced = fulfilment.advance(checkout, CheckoutStatus.OPEN, context.now)
        case ("expired", _):
            is_advanced = fulfilment.advance(checkout, CheckoutStatus.EXPIRED, context.now)
        case ("complete", "paid"):
            is_advanced = fulfilment.mark_paid(session, checkout, context.vault, context.now)
        case ("complete", "unpaid"):
            return _await_bank(checkout, context, snapshot)
        case ("complete", "no_payment_required") if checkout.first_charge_at is not None:
            return _await_first_charge(session, context, checkout, snapshot)
        case (status, payment_status):
            raise Mismatch(f"a session that is {status} and {payment_status} is not known")
    return Applied() if is_advanced else Applied(note=f"the checkout stays {checkout.status}")


def _await_first_charge(
    session: Session, context: SyncContext, checkout: Checkout, snapshot: CheckoutSessionSnapshot
) -> Applied:
    """Nothing is owed yet: the first charge, on its day, makes it paid.

    Its subscription may have been ended by now, and looked at before the reader was known to have
    agreed, so it is looked at once more.
    """
    was = checkout.status
    if not fulfilment.mark_agreed(session, checkout, context.now):
        return Applied(note=f"the checkout stays {checkout.status}")
    if checkout.status is was or snapshot.subscription_id is None:
        return Applied()
    return Applied(look_next=Relative(ObjectKind.SUBSCRIPTION, snapshot.subscription_id))


def _await_bank(checkout: Checkout, context: SyncContext, snapshot: CheckoutSessionSnapshot) -> Applied:
    """The reader has done their part. The session cannot tell a bank that thinks from one that refused.

    Only the payment can, and it may have been looked at before we knew that the reader was
    through, when a refusal meant no more than "try another card": so it is looked at once more.
    """
    if checkout.status not in {CheckoutStatus.OPENING, CheckoutStatus.OPEN}:
        return Applied()
    fulfilment.advance(checkout, CheckoutStatus.PROCESSING, context.now)
    if snapshot.payment_intent_id:
        return Applied(look_next=Relative(ObjectKind.PAYMENT_INTENT, snapshot.payment_intent_id))
    if snapshot.subscription_id:
        return Applied(look_next=Relative(ObjectKind.SUBSCRIPTION, snapshot.subscription_id))
    return Applied()
