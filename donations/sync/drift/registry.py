"""Which comparison is for which kind of object."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy.orm import Session

from donations.gateway.kinds import ObjectKind
from donations.gateway.listed import Listed
from donations.sync.drift.attempts import of_sessions
from donations.sync.drift.difference import Difference
from donations.sync.drift.payments import of_payments
from donations.sync.drift.recurring import of_invoices, of_subscriptions
from donations.sync.drift.taken_back import of_disputes, of_refunds

_COMPARE: Final[Mapping[ObjectKind, Callable[[Session, Sequence[Any]], Iterator[Difference]]]] = {
    ObjectKind.CHECKOUT_SESSION: of_sessions,
    ObjectKind.PAYMENT_INTENT: of_payments,
    ObjectKind.SUBSCRIPTION: of_subscriptions,
    ObjectKind.INVOICE: of_invoices,
    ObjectKind.REFUND: of_refunds,
    ObjectKind.DISPUTE: of_disputes,
}


def differences(session: Session, kind: ObjectKind, listed: Sequence[Listed]) -> list[Difference]:
    """Where our rows differ from what is listed of one kind. A shape that is not known differs as a whole:
    fetched by itself it is judged."""
    strange = [
        Difference(kind, each.id, "shape", "–", "not understood") for each in listed if each.snapshot is None
    ]
    snapshots: list[Any] = [each.snapshot for each in listed if each.snapshot is not None]
    return [*strange, *_COMPARE[kind](session, snapshots)]
