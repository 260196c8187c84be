"""A PaymentMethod: its bank gave it another last month, so the gifts that it pays for are looked at."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.standing import TERMINAL
from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import PaymentMethodSnapshot
from donations.models import Subscription
from donations.sync.outcome import Applied, Relative, SyncContext


def relatives(session: Session, snapshot: PaymentMethodSnapshot) -> list[Relative]:
    paid_by_it = select(Subscription.stripe_subscription_id).where(
        Subscription.stripe_payment_method_id == snapshot.id, Subscription.standing.not_in(TERMINAL)
    )
    return [Relative(ObjectKind.SUBSCRIPTION, stripe_id) for stripe_id in session.scalars(paid_by_it)]


def apply(_session: Session, _context: SyncContext, _snapshot: PaymentMethodSnapshot) -> Applied:
    return Applied()
