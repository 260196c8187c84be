"""Payments against our donations, and the balance against both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.checkouts import CheckoutStatus
from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import BalanceSnapshot, PaymentIntentSnapshot
from donations.models import Checkout, Donation
from donations.sync.drift.difference import Difference, missing, unequal

_KIND: Final = ObjectKind.PAYMENT_INTENT
_WOULD_CHANGE: Final = {
    "processing": frozenset({CheckoutStatus.OPENING, CheckoutStatus.OPEN, CheckoutStatus.UNPAID}),
    "requires_payment_method": frozenset({CheckoutStatus.PROCESSING}),
    "canceled": frozenset({CheckoutStatus.PROCESSING}),
}
"""What an attempt says to which such a payment would be news."""


def of_payments(session: Session, snapshots: Sequence[PaymentIntentSnapshot]) -> Iterator[Difference]:
    """A payment that neither carries a reference nor has a customer is nobody's of ours."""
    rows = donations_of(session, [each.id for each in snapshots])
    references = [each.reference for each in snapshots if each.reference and each.id not in rows]
    found = session.execute(
        select(Checkout.reference, Checkout.status).where(Checkout.reference.in_(references))
    )
    attempts = {row.reference: row.status for row in found}
    for each in snapshots:
        row = rows.get(each.id)
        if row is not None:
            yield from _of_donation(row, each)
        elif each.status == "succeeded":
            if each.reference is not None or each.customer_id is not None:
                yield missing(_KIND, each.id, "donation", each.amount_received)
        elif attempts.get(each.reference or "") in _WOULD_CHANGE.get(each.status, ()):
            yield Difference(_KIND, each.id, "status", attempts[each.reference or ""], each.status)


def donations_of(session: Session, payment_intent_ids: Sequence[str]) -> dict[str, Donation]:
    """The donations of these payments, by them."""
    by_payment = select(Donation).where(Donation.stripe_payment_intent_id.in_(payment_intent_ids))
    return {row.stripe_payment_intent_id or "": row for row in session.scalars(by_payment)}


def _of_donation(row: Donation, listed: PaymentIntentSnapshot) -> Iterator[Difference]:
    yield from unequal(
        _KIND,
        listed.id,
        (
            ("status", "succeeded", listed.status),
            ("amount", row.amount, listed.amount_received),
            ("currency", row.currency, listed.currency),
        ),
    )
    if listed.charge is not None:
        yield from unequal(_KIND, listed.id, [("charge", row.stripe_charge_id, listed.charge.id)])
        if listed.charge.balance is not None:
            yield from of_settlement(row, listed.charge.balance)


def of_settlement(row: Donation, listed: BalanceSnapshot) -> Iterator[Difference]:
    """What the payment came to on our balance."""
    yield from unequal(
        _KIND,
        row.stripe_payment_intent_id or "",
        (
            ("settlement currency", row.settlement_currency, listed.currency),
            ("settled", row.settled_amount, listed.amount),
            ("fee", row.fee_amount, listed.fee),
            ("net", row.net_amount, listed.net),
        ),
    )
