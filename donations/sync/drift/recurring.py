"""Subscriptions and their invoices against our recurring gifts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.errors import Mismatch
from donations.domain.standing import is_terminal
from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import InvoiceSnapshot, SubscriptionSnapshot
from donations.models import Donation, Subscription
from donations.sync.drift.difference import Difference, missing, unequal
from donations.sync.subscription import cancels_at_of, frequency_of

_SUBSCRIPTION: Final = ObjectKind.SUBSCRIPTION
_INVOICE: Final = ObjectKind.INVOICE
_NOT_OFFERED: Final = "not offered"


def of_subscriptions(session: Session, snapshots: Sequence[SubscriptionSnapshot]) -> Iterator[Difference]:
    """One without a reference is nobody's of ours."""
    rows = _gifts(session, [each.id for each in snapshots])
    for each in snapshots:
        row = rows.get(each.id)
        if row is not None:
            yield from _of_gift(row, each)
        elif each.reference is not None:
            yield missing(_SUBSCRIPTION, each.id, "subscription", each.status)


def _of_gift(row: Subscription, listed: SubscriptionSnapshot) -> Iterator[Difference]:
    yield from unequal(
        _SUBSCRIPTION,
        listed.id,
        (
            ("status", row.standing, listed.status),
            ("amount", row.amount, listed.unit_amount * listed.quantity),
            ("currency", row.currency, listed.currency),
            ("frequency", row.frequency, _frequency(listed)),
            ("customer", row.stripe_customer_id, listed.customer_id),
            ("period ends", row.current_period_ends_at, listed.current_period_ends_at),
            ("ends", row.cancels_at, cancels_at_of(listed)),
            ("ended", row.ended_at, listed.ended_at or row.ended_at),
            ("paused", row.is_collection_paused, listed.is_collection_paused),
            ("resumes", row.resumes_at, listed.resumes_at),
            ("charged", row.stripe_payment_method_id, listed.payment_method_id),
        ),
    )


def _frequency(listed: SubscriptionSnapshot) -> str:
    try:
        return frequency_of(listed).value
    except Mismatch:
        return _NOT_OFFERED


def of_invoices(session: Session, snapshots: Sequence[InvoiceSnapshot]) -> Iterator[Difference]:
    """What was paid must be a donation, and what is owed must stand on its gift."""
    ours = [each for each in snapshots if each.subscription_id is not None]
    gifts = _gifts(session, [each.subscription_id or "" for each in ours])
    paid = _paid(session, [each.id for each in ours])
    for each in ours:
        row = gifts.get(each.subscription_id or "")
        if row is None and each.reference is None:
            continue
        if each.status == "paid" and each.amount_paid and each.id not in paid:
            yield missing(_INVOICE, each.id, "donation", each.amount_paid)
        elif row is not None and not is_terminal(row.standing):
            yield from _of_debt(row, each)


def _of_debt(row: Subscription, listed: InvoiceSnapshot) -> Iterator[Difference]:
    is_noted = row.failing_invoice_id == listed.id
    is_owed = listed.status == "open" and bool(listed.attempts) and not listed.is_first
    if is_noted and listed.status != "open":
        yield Difference(_INVOICE, listed.id, "status", "open", str(listed.status))
    elif is_owed:
        ours = row.failing_next_try_at if is_noted else "not known to be owed"
        yield from unequal(_INVOICE, listed.id, [("tried again", ours, listed.next_attempt_at)])


def _gifts(session: Session, stripe_ids: Sequence[str]) -> dict[str, Subscription]:
    by_id = select(Subscription).where(Subscription.stripe_subscription_id.in_(stripe_ids))
    return {row.stripe_subscription_id: row for row in session.scalars(by_id)}


def _paid(session: Session, invoice_ids: Sequence[str]) -> set[str | None]:
    return set(
        session.scalars(select(Donation.stripe_invoice_id).where(Donation.stripe_invoice_id.in_(invoice_ids)))
    )
