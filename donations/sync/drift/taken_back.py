"""Refunds and disputes against our rows of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import DisputeSnapshot, RefundSnapshot
from donations.models import Dispute, Refund
from donations.sync.drift.difference import Difference, missing, unequal


def of_refunds(session: Session, snapshots: Sequence[RefundSnapshot]) -> Iterator[Difference]:
    found = refunds_by_id(session, [each.id for each in snapshots])
    yield from _of_rows(ObjectKind.REFUND, found, snapshots)


def of_disputes(session: Session, snapshots: Sequence[DisputeSnapshot]) -> Iterator[Difference]:
    found = disputes_by_id(session, [each.id for each in snapshots])
    yield from _of_rows(ObjectKind.DISPUTE, found, snapshots)


def refunds_by_id(session: Session, stripe_ids: Sequence[str]) -> dict[str, Refund]:
    by_id = select(Refund).where(Refund.stripe_refund_id.in_(stripe_ids))
    return {row.stripe_refund_id: row for row in session.scalars(by_id)}


def disputes_by_id(session: Session, stripe_ids: Sequence[str]) -> dict[str, Dispute]:
    by_id = select(Dispute).where(Dispute.stripe_dispute_id.in_(stripe_ids))
    return {row.stripe_dispute_id: row for row in session.scalars(by_id)}


def _of_rows(
    kind: ObjectKind,
    rows: dict[str, Refund] | dict[str, Dispute],
    snapshots: Sequence[RefundSnapshot] | Sequence[DisputeSnapshot],
) -> Iterator[Difference]:
    for each in snapshots:
        row = rows.get(each.id)
        if row is None:
            yield missing(kind, each.id, kind.value, each.amount)
            continue
        yield from unequal(
            kind,
            each.id,
            (
                ("amount", row.amount, each.amount),
                ("currency", row.currency, each.currency),
                ("status", row.status, each.status),
            ),
        )
