"""What is needed to send a reader to Stripe's own pages about one gift."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.errors import NotFound
from donations.domain.standing import is_terminal
from donations.models import Checkout, Subscription


@dataclass(frozen=True, slots=True)
class StripeSide:
    """One gift as Stripe knows it. Never shown."""

    subscription_id: str
    customer_id: str
    failing_invoice_id: str | None


def of_reference(session: Session, supporter_id: int, reference: str) -> StripeSide:
    """Raises NotFound for a gift that is not theirs, or has ended."""
    return _side(
        session.scalar(
            select(Subscription)
            .join(Checkout, Checkout.id == Subscription.checkout_id)
            .where(Checkout.reference == reference, Subscription.supporter_id == supporter_id)
        )
    )


def of_id(session: Session, subscription_id: int) -> StripeSide:
    """Raises NotFound where there is none, or it has ended."""
    return _side(session.get(Subscription, subscription_id))


def _side(row: Subscription | None) -> StripeSide:
    if row is None or is_terminal(row.standing):
        raise NotFound("gift")
    return StripeSide(row.stripe_subscription_id, row.stripe_customer_id, row.failing_invoice_id)
