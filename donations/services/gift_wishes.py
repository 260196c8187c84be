"""What a reader asks of their recurring gift, checked against how it stands, and written down.

A page shows a gift as our row has it; by the time its form arrives, another tab, the portal, staff or
a renewal may have changed it. Then nothing is done, and the reader is shown how it is now. What is
refused is returned and not raised.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.changes import CancelReason, ChangeKind, can_change, ends_at_once
from donations.domain.gift_days import pause_of
from donations.domain.gift_states import GiftState, state_of
from donations.domain.gifts import Frequency, Gift
from donations.domain.money import Money
from donations.domain.written_calls import CallStatus
from donations.gateway import change_parameters
from donations.gateway.kinds import ObjectKind
from donations.models import Checkout, GiftChange, StripeObject, Subscription
from donations.services import gift_changes, inbox
from donations.services.gift_changes import Call, Wish
from donations.services.own_gifts import days_of, get_row, version_of

_UTC: Final = ZoneInfo("UTC")


class WhyNot(StrEnum):
    """Why nothing was done. The values name sentences in templates."""

    CHANGED_ELSEWHERE = "changed_elsewhere"
    ALREADY_SO = "already_so"
    NOT_POSSIBLE = "not_possible"
    UNDERWAY = "underway"
    """Another change of the same gift is not settled yet."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form asks for. `money` and `frequency` are what the gift shall be; `charges` how many
    a pause leaves out."""

    kind: ChangeKind
    money: Money | None = None
    frequency: Frequency | None = None
    charges: int = 0
    reason: CancelReason | None = None


@dataclass(frozen=True, slots=True)
class FormTicket:
    """What makes a form one of a kind, and the state of the gift that it was drawn for."""

    nonce: str
    version: str


@dataclass(frozen=True, slots=True)
class Begun:
    """The change that this form made. `call` is to be made now; None where an earlier copy made it."""

    reference: str
    call: Call | None


def ask(
    session: Session, supporter_id: int, reference: str, asked: Asked, ticket: FormTicket, now: datetime
) -> Begun | WhyNot:
    """Write a change down, unless this form has done so before. Raises NotFound."""
    row = get_row(session, supporter_id, reference)
    earlier = session.scalar(
        select(GiftChange).where(GiftChange.nonce == ticket.nonce, GiftChange.subscription_id == row.id)
    )
    if earlier is not None:
        return Begun(earlier.reference, None)
    why_not = _why_not(session, row, asked, ticket, now)
    if why_not is not None:
        return why_not
    first_charge_at = session.get_one(Checkout, row.checkout_id).first_charge_at
    wish = _wish(row, first_charge_at, asked, ticket.nonce)
    change, is_new = gift_changes.begin(session, row, wish, now)
    return Begun(change.reference, gift_changes.call_of(change, row) if is_new else None)


def _why_not(
    session: Session, row: Subscription, asked: Asked, ticket: FormTicket, now: datetime
) -> WhyNot | None:
    # Whoever wants to stop is never told to wait for something else.
    if asked.kind is not ChangeKind.CANCEL and _is_unsettled(session, row):
        return WhyNot.UNDERWAY
    if _IS_SO[asked.kind](row, asked):
        return WhyNot.ALREADY_SO
    if ticket.version != version_of(row):
        return WhyNot.CHANGED_ELSEWHERE
    if not can_change(asked.kind, row.standing) or not _suits_state(row, asked.kind):
        return WhyNot.NOT_POSSIBLE
    if asked.kind in _NEEDS_ITEM and (row.stripe_item_id is None or row.stripe_product_id is None):
        # A row from before these were kept: have the gift looked at, then it can be.
        inbox.mark(session, ObjectKind.SUBSCRIPTION, row.stripe_subscription_id, now)
        return WhyNot.UNDERWAY
    return None


def _is_unsettled(session: Session, row: Subscription) -> bool:
    """Whether our row may not show yet what an earlier change came to."""
    applied = (
        select(StripeObject.applied)
        .where(
            StripeObject.kind == ObjectKind.SUBSCRIPTION, StripeObject.stripe_id == row.stripe_subscription_id
        )
        .scalar_subquery()
    )
    unsettled = select(GiftChange.id).where(
        GiftChange.subscription_id == row.id,
        (GiftChange.status == CallStatus.ASKING) | (GiftChange.generation > applied),
    )
    return session.scalar(unsettled.limit(1)) is not None


def _suits_state(row: Subscription, kind: ChangeKind) -> bool:
    return kind not in _STATES or state_of(row.standing, days_of(row, _UTC)) in _STATES[kind]


_STATES: Final[Mapping[ChangeKind, frozenset[GiftState]]] = {
    ChangeKind.AMOUNT: frozenset({GiftState.ACTIVE, GiftState.FAILED, GiftState.SKIPPED, GiftState.PAUSED}),
    ChangeKind.FREQUENCY: frozenset({GiftState.ACTIVE}),
    ChangeKind.SKIP: frozenset({GiftState.ACTIVE}),
    ChangeKind.PAUSE: frozenset({GiftState.ACTIVE}),
}
_NEEDS_ITEM: Final = frozenset({ChangeKind.AMOUNT, ChangeKind.FREQUENCY})

_IS_SO: Final[Mapping[ChangeKind, Callable[[Subscription, Asked], bool]]] = {
    ChangeKind.AMOUNT: lambda row, asked: asked.money == Money(row.amount, row.currency),
    ChangeKind.FREQUENCY: lambda row, asked: (
        row.frequency is asked.frequency and asked.money == Money(row.amount, row.currency)
    ),
    ChangeKind.SKIP: lambda row, _: row.is_collection_paused,
    ChangeKind.PAUSE: lambda row, _: row.is_collection_paused,
    ChangeKind.RESUME: lambda row, _: not row.is_collection_paused,
    ChangeKind.CANCEL: lambda row, _: row.cancels_at is not None or row.ended_at is not None,
    ChangeKind.UNDO_CANCEL: lambda row, _: row.cancels_at is None and row.ended_at is None,
}


def _wish(row: Subscription, first_charge_at: datetime | None, asked: Asked, nonce: str) -> Wish:
    until = _pause_ends_at(row, first_charge_at, asked.charges) if asked.charges else None
    return Wish(
        kind=asked.kind,
        nonce=nonce,
        parameters=_parameters(row, asked, until),
        amount=None if asked.money is None else asked.money.amount,
        frequency=asked.frequency,
        until=until,
        reason=asked.reason,
    )


def _parameters(row: Subscription, asked: Asked, until: datetime | None) -> dict[str, Any]:
    if asked.kind in _NEEDS_ITEM:
        return _price_parameters(row, asked)
    if until is not None:
        return change_parameters.pause_until(until)
    if asked.kind is ChangeKind.RESUME:
        return change_parameters.resume()
    if asked.kind is ChangeKind.UNDO_CANCEL:
        return change_parameters.go_on(was_at_period_end=bool(row.cancels_at_period_end))
    # Nothing to be told for an end at once; see `gift_calls`.
    return {} if ends_at_once(row.standing) else change_parameters.end_with_period()


def _price_parameters(row: Subscription, asked: Asked) -> dict[str, Any]:
    assert asked.money is not None
    assert row.stripe_item_id is not None
    assert row.stripe_product_id is not None
    gift = Gift(asked.money, asked.frequency or row.frequency)
    if asked.kind is ChangeKind.AMOUNT:
        return change_parameters.new_amount(row.stripe_item_id, row.stripe_product_id, gift)
    assert row.current_period_ends_at is not None
    return change_parameters.new_rhythm(
        row.stripe_item_id, row.stripe_product_id, gift, row.current_period_ends_at
    )


def _pause_ends_at(row: Subscription, first_charge_at: datetime | None, charges: int) -> datetime:
    """Stripe reckons charges in UTC, each at the same time of its day."""
    assert row.current_period_ends_at is not None
    pause = pause_of(days_of(row, _UTC, first_charge_at), charges)
    return datetime.combine(pause.until, row.current_period_ends_at.astimezone(_UTC).timetz())
