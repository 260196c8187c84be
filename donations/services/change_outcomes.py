"""What became of a change that a reader asked for. Stripe's answer is not the outcome: only once its
copy of the gift was applied do our rows show it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.changes import ChangeKind
from donations.domain.written_calls import CallStatus
from donations.gateway.kinds import ObjectKind
from donations.models import Checkout, GiftChange, StripeObject, Subscription


class Outcome(StrEnum):
    """The values name sentences in templates."""

    CONFIRMING = "confirming"
    UNHEARD = "unheard"
    """The call got no answer so far. It is made again."""
    DONE = "done"
    REFUSED = "refused"
    LOST = "lost"
    """No answer ever came; the gift was looked at instead."""


@dataclass(frozen=True, slots=True)
class ChangeOutcome:
    """One change. `gift_reference` names the gift in addresses."""

    gift_reference: str
    kind: ChangeKind
    outcome: Outcome


def find(session: Session, supporter_id: int, reference: str) -> ChangeOutcome | None:
    """None where there is no such change, or it is of someone else's gift."""
    row = session.execute(
        select(GiftChange, Subscription.stripe_subscription_id, Checkout.reference)
        .join(Subscription, Subscription.id == GiftChange.subscription_id)
        .join(Checkout, Checkout.id == Subscription.checkout_id)
        .where(GiftChange.reference == reference, Subscription.supporter_id == supporter_id)
    ).first()
    if row is None:
        return None
    change, stripe_id, gift_reference = row
    return ChangeOutcome(gift_reference, change.kind, _outcome(session, change, stripe_id))


def _outcome(session: Session, change: GiftChange, stripe_id: str) -> Outcome:
    if change.status is CallStatus.ASKING:
        return Outcome.UNHEARD if change.tries else Outcome.CONFIRMING
    if change.status is CallStatus.REFUSED:
        return Outcome.REFUSED
    if not _is_applied(session, change, stripe_id):
        return Outcome.CONFIRMING
    return Outcome.DONE if change.status is CallStatus.ACCEPTED else Outcome.LOST


def _is_applied(session: Session, change: GiftChange, stripe_id: str) -> bool:
    applied = session.scalar(
        select(StripeObject.applied).where(
            StripeObject.kind == ObjectKind.SUBSCRIPTION, StripeObject.stripe_id == stripe_id
        )
    )
    return applied is not None and change.generation is not None and applied >= change.generation
