"""An Invoice: it leads to its payments and its subscription, and says whether one of them is owed."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.standing import is_terminal
from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import InvoiceSnapshot
from donations.models import Subscription
from donations.services import announcements, donations, payment_failures, recurring_gifts
from donations.sync.outcome import Applied, Relative, SyncContext, not_ours

_OPEN: Final = "open"


def relatives(session: Session, snapshot: InvoiceSnapshot) -> list[Relative]:
    """Its subscription, whose standing follows it, and every payment that is not recorded yet."""
    if snapshot.subscription_id is None:
        return []
    payments = [
        Relative(ObjectKind.PAYMENT_INTENT, stripe_id)
        for stripe_id in snapshot.payment_intent_ids
        if not donations.is_recorded(session, stripe_id)
    ]
    return [Relative(ObjectKind.SUBSCRIPTION, snapshot.subscription_id), *payments]


def apply(session: Session, context: SyncContext, snapshot: InvoiceSnapshot) -> Applied:
    """Note that its payment failed, or that it is settled."""
    if snapshot.subscription_id is None:
        return not_ours("the invoice belongs to no subscription")
    row = session.scalar(
        select(Subscription)
        .where(Subscription.stripe_subscription_id == snapshot.subscription_id)
        .with_for_update()
    )
    if row is None or is_terminal(row.standing):
        # Before its subscription is known nothing has failed: it is looked at again with it.
        return Applied()
    if snapshot.status == _OPEN:
        _note_failure(session, context, row, snapshot)
    elif row.failing_invoice_id == snapshot.id:
        recurring_gifts.owe_nothing(row)
    return Applied()


def _note_failure(
    session: Session, context: SyncContext, row: Subscription, snapshot: InvoiceSnapshot
) -> None:
    """A payment that fails is told of from the second on: a first one that fails begins nothing, and
    its reader is told on Stripe's page."""
    if snapshot.is_first or not (snapshot.attempts or snapshot.needs_confirmation):
        return
    if row.failing_invoice_id != snapshot.id:
        row.failing_invoice_id, row.failing_since = snapshot.id, context.now
    row.failing_next_try_at = snapshot.next_attempt_at
    if not snapshot.needs_confirmation:
        row.confirmation_asked_at = None
    elif row.confirmation_asked_at is None:
        row.confirmation_asked_at = context.now
    payment_failures.note(session, row, snapshot.id, context.zone)
    announcements.tell_of_failure(session, row, snapshot.id, context.now)
