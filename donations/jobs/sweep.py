"""Find what was lost: wake-ups, and the ends of checkouts that nobody told us about."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from donations.domain.checkouts import CheckoutStatus
from donations.gateway.kinds import ObjectKind
from donations.models import Checkout, StripeObject
from donations.models.database import writing
from donations.runtime import Runtime
from donations.services import inbox

_STILL_GOING: Final = (CheckoutStatus.OPENING, CheckoutStatus.OPEN, CheckoutStatus.PROCESSING)
_LOOK_EVERY: Final = timedelta(hours=1)
_MOST: Final = 100


def mark_overdue_checkouts(runtime: Runtime) -> int:
    """Have the sessions looked at that should have ended by now. Returns how many.

    One whose ticket waits already, or was given up, is left alone: marking it again each minute
    would undo its backing off.
    """
    now = runtime.now()
    with writing() as session:
        overdue = _overdue_sessions(session, runtime)
        for stripe_id in overdue:
            inbox.mark(session, ObjectKind.CHECKOUT_SESSION, stripe_id, now)
    return len(overdue)


def _overdue_sessions(session: Session, runtime: Runtime) -> list[str]:
    now = runtime.now()
    is_rested = and_(
        StripeObject.applied == StripeObject.generation,
        StripeObject.quarantined_at.is_(None),
        or_(StripeObject.looked_at < Checkout.expires_at, StripeObject.looked_at < now - _LOOK_EVERY),
    )
    statement = (
        select(Checkout.stripe_session_id)
        .outerjoin(
            StripeObject,
            and_(
                StripeObject.kind == ObjectKind.CHECKOUT_SESSION,
                StripeObject.stripe_id == Checkout.stripe_session_id,
            ),
        )
        .where(
            Checkout.status.in_(_STILL_GOING),
            Checkout.expires_at < now,
            or_(Checkout.first_charge_at.is_(None), Checkout.first_charge_at < now),
            Checkout.stripe_session_id.is_not(None),
            or_(StripeObject.id.is_(None), is_rested),
        )
        .order_by(Checkout.expires_at, Checkout.id)
        .limit(_MOST)
    )
    return sorted(stripe_id for stripe_id in session.scalars(statement) if stripe_id is not None)
