"""What moved on the balance against our rows, before the books add it up.

A movement that no row of ours explains, and one that is younger than our last look at its refund or
dispute, is a reason to look: a refund that failed long after it was made shows nowhere else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.gateway.kinds import ObjectKind, kind_of_id
from donations.gateway.listed import BalanceLine
from donations.gateway.snapshots import BalanceSnapshot
from donations.models import StripeObject
from donations.sync.drift.difference import Difference, missing, unequal
from donations.sync.drift.payments import donations_of, of_settlement
from donations.sync.drift.taken_back import disputes_by_id, refunds_by_id


def of_balance(session: Session, lines: Sequence[BalanceLine]) -> Iterator[Difference]:
    by_kind: dict[ObjectKind, list[BalanceLine]] = {kind: [] for kind in ObjectKind}
    for line in lines:
        kind = None if line.source_id is None else kind_of_id(line.source_id)
        if kind is not None:
            by_kind[kind].append(line)
    yield from _of_charges(session, by_kind[ObjectKind.CHARGE])
    refunds, disputes = by_kind[ObjectKind.REFUND], by_kind[ObjectKind.DISPUTE]
    yield from _of_taken(session, ObjectKind.REFUND, refunds, refunds_by_id(session, _sources(refunds)))
    yield from _of_taken(session, ObjectKind.DISPUTE, disputes, disputes_by_id(session, _sources(disputes)))


def _of_charges(session: Session, lines: Sequence[BalanceLine]) -> Iterator[Difference]:
    """A charge without a payment is nobody's of ours."""
    rows = donations_of(session, [line.payment_intent_id for line in lines if line.payment_intent_id])
    for line in lines:
        if line.payment_intent_id is None:
            continue
        row = rows.get(line.payment_intent_id)
        if row is None:
            yield missing(ObjectKind.PAYMENT_INTENT, line.payment_intent_id, "donation", line.amount)
        else:
            moved = BalanceSnapshot(line.id, line.currency, line.amount, line.fee, line.net)
            yield from of_settlement(row, moved)


def _of_taken(
    session: Session, kind: ObjectKind, lines: Sequence[BalanceLine], known: Collection[str]
) -> Iterator[Difference]:
    found = session.execute(
        select(StripeObject.stripe_id, StripeObject.looked_at).where(
            StripeObject.kind == kind, StripeObject.stripe_id.in_(_sources(lines))
        )
    )
    looked_at = {row.stripe_id: row.looked_at for row in found}
    for line in lines:
        stripe_id = line.source_id or ""
        if stripe_id not in known:
            yield missing(kind, stripe_id, kind.value, line.amount)
            continue
        at = looked_at.get(stripe_id)
        if at is None or at < line.created_at:
            yield from unequal(kind, stripe_id, [("looked at", at, line.created_at)])


def _sources(lines: Sequence[BalanceLine]) -> list[str]:
    return [line.source_id for line in lines if line.source_id is not None]
