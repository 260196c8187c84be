"""Change a recurring gift: our row first, with the exact request and its key, and only then Stripe.

One form makes one change, however often it is sent: the form's nonce is unique on the table. The
subscription's own row is never touched here; after Stripe has answered, its ticket is marked, and
what Stripe then says of the subscription is what is believed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from donations.domain.changes import CancelReason, ChangeKind, ChangeStatus
from donations.domain.gifts import Frequency
from donations.gateway.kinds import ObjectKind
from donations.models import GiftChange, Subscription
from donations.models.insert import insert_if_absent
from donations.services import inbox
from donations.services.references import new_reference

ASKING_LASTS: Final = timedelta(seconds=60)
"""More than a call to Stripe can take, its further tries included; then somebody else may make it."""
KEY_LASTS: Final = timedelta(hours=23)
"""Stripe may forget a key after 24 hours, and would then take the same call for a new one."""
_LONGEST_PROBLEM: Final = 255


@dataclass(frozen=True, slots=True)
class Call:
    """The one call that a change is. `target` is the id that it names at Stripe."""

    reference: str
    kind: ChangeKind
    target: str
    parameters: Mapping[str, Any]
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class Wish:
    """A change to be written down. `parameters` are what Stripe is to be told."""

    kind: ChangeKind
    nonce: str
    parameters: Mapping[str, Any]
    amount: int | None = None
    frequency: Frequency | None = None
    until: datetime | None = None
    reason: CancelReason | None = None


def begin(session: Session, subscription: Subscription, wish: Wish, now: datetime) -> tuple[GiftChange, bool]:
    """Write a change down, or find the one that the same form wrote before; and whether it is new.

    Whoever wrote it makes the call at once. The row is leased to them meanwhile.
    """
    is_new = insert_if_absent(session, GiftChange, _new_row(subscription, wish, now))
    row = session.scalars(select(GiftChange).where(GiftChange.nonce == wish.nonce)).one()
    return row, is_new


def leave_to_the_worker(session: Session, subscription: Subscription, wish: Wish, now: datetime) -> None:
    """Write a change down that nobody waits for: it is due at once."""
    insert_if_absent(session, GiftChange, _new_row(subscription, wish, now) | {"next_try_at": now})


def call_of(change: GiftChange, subscription: Subscription) -> Call:
    """What to ask Stripe."""
    parameters: dict[str, Any] = json.loads(change.parameters)
    target = subscription.stripe_subscription_id
    if change.kind is ChangeKind.RETRY_PAYMENT:
        target = parameters["invoice"]
    return Call(change.reference, change.kind, target, parameters, change.idempotency_key)


def claim_unanswered(session: Session, limit: int, now: datetime) -> list[GiftChange]:
    """Lease changes whose call must be made, or made again with the same key."""
    due = (
        select(GiftChange)
        .where(*_is_due(now))
        .order_by(GiftChange.next_try_at, GiftChange.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = list(session.scalars(due))
    for row in rows:
        row.next_try_at = now + ASKING_LASTS
    return rows


def is_any_unanswered(session: Session, now: datetime) -> bool:
    return session.scalar(select(GiftChange.id).where(*_is_due(now)).limit(1)) is not None


def record_acceptance(session: Session, reference: str, now: datetime) -> None:
    """Stripe took it: have the subscription looked at, which alone shows what came of it."""
    _answer(session, reference, ChangeStatus.ACCEPTED, None, now)


def record_refusal(session: Session, reference: str, problem: str, now: datetime) -> None:
    """Stripe would not. The subscription is looked at, for it is not as we believed."""
    _answer(session, reference, ChangeStatus.REFUSED, problem, now)


def record_silence(session: Session, reference: str, again_at: datetime, now: datetime) -> None:
    """No answer came: the same call is made again later, for as long as Stripe knows the key."""
    row = get(session, reference)
    if row.status is not ChangeStatus.ASKING:
        return
    if again_at - row.created_at > KEY_LASTS:
        _answer(session, reference, ChangeStatus.LOST, "no answer came", now)
        return
    row.tries += 1
    row.next_try_at = again_at


def find(session: Session, reference: str) -> GiftChange | None:
    return session.scalar(select(GiftChange).where(GiftChange.reference == reference))


def get(session: Session, reference: str) -> GiftChange:
    statement = select(GiftChange).where(GiftChange.reference == reference)
    return session.scalars(statement.with_for_update()).one()


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return GiftChange.status == ChangeStatus.ASKING, GiftChange.next_try_at <= now


def _answer(
    session: Session, reference: str, status: ChangeStatus, problem: str | None, now: datetime
) -> None:
    """The first answer counts: a repeated call is answered like the first."""
    row = get(session, reference)
    if row.status is not ChangeStatus.ASKING:
        return
    row.status, row.answered_at = status, now
    row.problem = None if problem is None else problem[:_LONGEST_PROBLEM]
    stripe_id = session.get_one(Subscription, row.subscription_id).stripe_subscription_id
    row.generation = inbox.mark(session, ObjectKind.SUBSCRIPTION, stripe_id, now)


def _new_row(subscription: Subscription, wish: Wish, now: datetime) -> dict[str, Any]:
    return {
        "reference": new_reference(),
        "subscription_id": subscription.id,
        "kind": wish.kind,
        "status": ChangeStatus.ASKING,
        "nonce": wish.nonce,
        "idempotency_key": new_reference(),
        "parameters": json.dumps(dict(wish.parameters), sort_keys=True),
        "wanted_amount": wish.amount,
        "wanted_frequency": wish.frequency,
        "until": wish.until,
        "reason": wish.reason,
        "tries": 0,
        "next_try_at": now + ASKING_LASTS,
        "created_at": now,
    }
