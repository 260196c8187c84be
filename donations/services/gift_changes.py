"""Change a recurring gift: our row first, with the exact request and its key, and only then Stripe.

One form makes one change, however often it is sent: the form's nonce is unique on the table. The
subscription's own row is never touched here; after Stripe has answered, its ticket is marked, and
what Stripe then says of the subscription is what is believed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from donations.domain.changes import CancelReason, ChangeKind
from donations.domain.gifts import Frequency
from donations.domain.written_calls import CallStatus
from donations.gateway.kinds import ObjectKind
from donations.models import GiftChange, Subscription
from donations.services import inbox, written_calls


@dataclass(frozen=True, slots=True)
class Call:
    """The one call that a change is. `target` is the id that it names at Stripe."""

    reference: str
    kind: ChangeKind
    target: str
    parameters: Mapping[str, Any]
    idempotency_key: str
    created_at: datetime


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
    return written_calls.write(session, GiftChange, _new_row(subscription, wish, now))


def leave_to_the_worker(session: Session, subscription: Subscription, wish: Wish, now: datetime) -> None:
    """Write a change down that nobody waits for: it is due at once."""
    written_calls.write(session, GiftChange, _new_row(subscription, wish, now) | {"next_try_at": now})


def call_of(change: GiftChange, subscription: Subscription) -> Call:
    """What to ask Stripe."""
    parameters: dict[str, Any] = json.loads(change.parameters)
    target = subscription.stripe_subscription_id
    if change.kind is ChangeKind.RETRY_PAYMENT:
        target = parameters["invoice"]
    return Call(change.reference, change.kind, target, parameters, change.idempotency_key, change.created_at)


def record_acceptance(session: Session, reference: str, now: datetime, *, how: str | None = None) -> None:
    """Stripe took it: have the subscription looked at, which alone shows what came of it.

    `how` says how we know, where Stripe did not say so itself.
    """
    _answer(session, reference, CallStatus.ACCEPTED, how, now)


def record_refusal(session: Session, reference: str, problem: str, now: datetime) -> None:
    """Stripe would not. The subscription is looked at, for it is not as we believed."""
    _answer(session, reference, CallStatus.REFUSED, problem, now)


def record_loss(session: Session, reference: str, problem: str, now: datetime) -> None:
    """No answer ever came, and what was asked for is not so at Stripe."""
    _answer(session, reference, CallStatus.LOST, problem, now)


def record_silence(session: Session, reference: str, problem: str, again_at: datetime) -> None:
    """No answer came: the same call is made again later, for as long as Stripe knows the key."""
    written_calls.put_off(written_calls.get(session, GiftChange, reference), problem, again_at)


def _answer(session: Session, reference: str, status: CallStatus, problem: str | None, now: datetime) -> None:
    row = written_calls.get(session, GiftChange, reference)
    if written_calls.answer(row, status, problem, now):
        stripe_id = session.get_one(Subscription, row.subscription_id).stripe_subscription_id
        row.generation = inbox.mark(session, ObjectKind.SUBSCRIPTION, stripe_id, now)


def _new_row(subscription: Subscription, wish: Wish, now: datetime) -> dict[str, Any]:
    return written_calls.first_columns(wish.nonce, wish.parameters, now) | {
        "subscription_id": subscription.id,
        "kind": wish.kind,
        "wanted_amount": wish.amount,
        "wanted_frequency": wish.frequency,
        "until": wish.until,
        "reason": wish.reason,
    }
