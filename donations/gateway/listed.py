"""What a list of Stripe's says of many objects at once: enough to tell which must be looked at again.

A list is read newest first, a page at a time. `cursor` is where the next page begins, so that whoever was
interrupted goes on from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import Snapshot

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`cursor` is None on the last one."""

    items: tuple[T, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Listed:
    """One object, as the list has it: a payment without its invoice, an invoice without its payments.

    `snapshot` is None where its shape is not known, so that one strange object hides no others.
    """

    kind: ObjectKind
    id: str
    snapshot: Snapshot | None


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """One movement on our balance, in the settlement currency: `net` is `amount` less `fee`.

    `amount` is less than nothing where money left. `source_id` is the charge, refund or dispute that moved
    it, `payment_intent_id` the payment that this is of; neither is there for what is no gift's, such as a
    payout.
    """

    id: str
    type: str
    currency: str
    amount: int
    fee: int
    net: int
    source_id: str | None
    payment_intent_id: str | None
    created_at: datetime
