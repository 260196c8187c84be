"""The donation that a refund or a dispute is about: fetched where it is missing, never given up."""

from __future__ import annotations

from sqlalchemy.orm import Session

from donations.gateway.kinds import ObjectKind
from donations.models import Donation
from donations.services import donations, tickets
from donations.sync.outcome import NotYet, Relative, SyncContext


def donation_of(
    session: Session, context: SyncContext, payment_intent_id: str | None, charge_id: str | None
) -> Donation | None:
    """The donation, locked; None where the payment is not ours. Raises NotYet until that is known.

    What was looked at since there was news of its refund had succeeded by then, so if it made
    no donation it is not ours.
    """
    donation = donations.find_locked(session, payment_intent_id, charge_id)
    if donation is not None:
        return donation
    parent = _parent(payment_intent_id, charge_id)
    if parent is None:
        return None
    if tickets.was_looked_at(session, parent.kind, parent.stripe_id, context.news_at):
        return None
    raise NotYet(parent)


def _parent(payment_intent_id: str | None, charge_id: str | None) -> Relative | None:
    if payment_intent_id is not None:
        return Relative(ObjectKind.PAYMENT_INTENT, payment_intent_id)
    return None if charge_id is None else Relative(ObjectKind.CHARGE, charge_id)
