"""Whether a difference is a reason to look at its object again now.

What waits is looked at anyway. What does not match our records was set aside for people, and another look
would only set it aside again; one that was given up because Stripe was away is tried anew. What was found
to be somebody else's stays so, once it is a day old: before, its invoice may not have been there yet.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.gateway.kinds import ObjectKind
from donations.models import StripeObject
from donations.services.tickets import GAVE_UP, NOT_OURS
from donations.sync.outcome import Relative

_SETTLES_IN: Final = timedelta(days=1)


class Verdict(Enum):
    LOOK = auto()
    WAITS = auto()
    SET_ASIDE = auto()
    NOT_OURS = auto()


def judge(session: Session, objects: Collection[Relative], now: datetime) -> dict[Relative, Verdict]:
    """Each of these objects, which all differ from our rows."""
    judged = dict.fromkeys(objects, Verdict.LOOK)
    for kind in ObjectKind:
        stripe_ids = [each.stripe_id for each in objects if each.kind is kind]
        if not stripe_ids:
            continue
        tickets = select(StripeObject).where(
            StripeObject.kind == kind, StripeObject.stripe_id.in_(stripe_ids)
        )
        for ticket in session.scalars(tickets):
            judged[Relative(kind, ticket.stripe_id)] = _of_ticket(ticket, now)
    return judged


def _of_ticket(ticket: StripeObject, now: datetime) -> Verdict:
    problem = ticket.problem or ""
    if ticket.quarantined_at is not None:
        return Verdict.LOOK if problem.startswith(GAVE_UP) else Verdict.SET_ASIDE
    if ticket.applied < ticket.generation:
        return Verdict.WAITS
    if problem.startswith(NOT_OURS) and now - ticket.marked_at > _SETTLES_IN:
        return Verdict.NOT_OURS
    return Verdict.LOOK
