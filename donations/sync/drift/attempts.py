"""Sessions against our checkouts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.checkouts import CheckoutStatus, can_become
from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import CheckoutSessionSnapshot
from donations.models import Checkout
from donations.sync.drift.difference import Difference, missing, unequal

_KIND: Final = ObjectKind.CHECKOUT_SESSION
_THROUGH: Final = (CheckoutStatus.PROCESSING, CheckoutStatus.UNPAID, CheckoutStatus.PAID)
_STATUSES: Final[Mapping[tuple[str, str], tuple[CheckoutStatus, ...]]] = {
    ("complete", "paid"): (CheckoutStatus.PAID,),
    ("complete", "unpaid"): _THROUGH,
    ("complete", "no_payment_required"): _THROUGH,
}
"""What a checkout may say of a session that is complete; the first is what it would be made."""


def of_sessions(session: Session, snapshots: Sequence[CheckoutSessionSnapshot]) -> Iterator[Difference]:
    """A session without a reference is nobody's of ours."""
    references = [each.reference for each in snapshots if each.reference is not None]
    found = session.scalars(select(Checkout).where(Checkout.reference.in_(references)))
    checkouts = {row.reference: row for row in found}
    for each in snapshots:
        if each.reference is None:
            continue
        row = checkouts.get(each.reference)
        if row is None:
            yield missing(_KIND, each.id, "checkout", each.status)
        else:
            yield from _of_checkout(row, each)


def _of_checkout(row: Checkout, listed: CheckoutSessionSnapshot) -> Iterator[Difference]:
    yield from unequal(
        _KIND,
        listed.id,
        (
            ("session", row.stripe_session_id, listed.id),
            (
                "payment",
                row.stripe_payment_intent_id,
                listed.payment_intent_id or row.stripe_payment_intent_id,
            ),
            (
                "subscription",
                row.stripe_subscription_id,
                listed.subscription_id or row.stripe_subscription_id,
            ),
        ),
    )
    wanted = _wanted(listed)
    if row.status not in wanted and can_become(row.status, wanted[0]):
        yield Difference(_KIND, listed.id, "status", row.status.value, wanted[0].value)


def _wanted(listed: CheckoutSessionSnapshot) -> tuple[CheckoutStatus, ...]:
    """An unknown status is one to be looked at, which is where it is judged."""
    if listed.status == "open":
        return (CheckoutStatus.OPEN,)
    if listed.status == "expired":
        return (CheckoutStatus.EXPIRED,)
    return _STATUSES.get((listed.status, listed.payment_status), (CheckoutStatus.PROCESSING,))
