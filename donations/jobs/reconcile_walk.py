"""Read everything that a comparison would, and write nothing: for a dry run, and for showing what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from donations.domain.reconciling import BOOKS, STEPS, RunKind, Step
from donations.gateway.kinds import ObjectKind
from donations.jobs import reconcile_pages
from donations.jobs.reconcile import Pace
from donations.jobs.reconcile_pages import Judged
from donations.models import Dispute, Donation, Refund, Subscription
from donations.models.database import reading
from donations.runtime import Runtime
from donations.services.reconcile_runs import Place
from donations.sync.drift.difference import NOTHING, Difference

ALL: Final = tuple(step for step in STEPS[RunKind.ASKED] if step not in BOOKS)
OBJECTS: Final = tuple(step for step in ALL if step is not Step.EVENTS)
_LONGEST_PAYMENT: Final = timedelta(days=14)
"""A bank's debit succeeds so long after its payment was made, by whose time payments are listed."""

_OURS: Final[Mapping[Step, tuple[InstrumentedAttribute[str | None], InstrumentedAttribute[datetime]]]] = {
    Step.PAYMENTS: (Donation.stripe_payment_intent_id, Donation.charged_at),
    Step.SUBSCRIPTIONS: (Subscription.stripe_subscription_id, Subscription.started_at),
    Step.REFUNDS: (Refund.stripe_refund_id, Refund.refunded_at),
    Step.DISPUTES: (Dispute.stripe_dispute_id, Dispute.opened_at),
}  # pyright: ignore[reportAssignmentType]
_RECORDED_AT: Final = {
    Step.PAYMENTS: Donation.recorded_at,
    Step.SUBSCRIPTIONS: Subscription.recorded_at,
    Step.REFUNDS: Refund.recorded_at,
    Step.DISPUTES: Dispute.recorded_at,
}


def walk(
    runtime: Runtime, since: datetime, pace: Pace, steps: Sequence[Step] = ALL
) -> Iterator[tuple[Step, Judged]]:
    """Page after page. Raises whatever Stripe answers with: nobody waits for a dry run."""
    began_at = runtime.now()
    for step in steps:
        back = since - _LONGEST_PAYMENT if step is Step.PAYMENTS else since
        cursor, pages = None, 0
        while pages == 0 or cursor is not None:
            pace.wait()
            place = Place(0, RunKind.ASKED, back, began_at, step, cursor, pages, 0)
            page = reconcile_pages.read(runtime, place)
            yield step, page
            cursor, pages = page.cursor, pages + 1


def unlisted(step: Step, seen: set[str], since: datetime, until: datetime) -> list[Difference]:
    """Our rows since then that Stripe does not list; what we learnt of while it was listed is left out."""
    if step not in _OURS:
        return []
    with reading() as session:
        ids = _ours(session, step, since, until)
    kind: ObjectKind = reconcile_pages.KINDS[step]
    return [Difference(kind, each, kind.value, "recorded", NOTHING) for each in ids if each not in seen]


def _ours(session: Session, step: Step, since: datetime, until: datetime) -> list[str]:
    stripe_id, at = _OURS[step]
    chosen = select(stripe_id).where(at >= since, _RECORDED_AT[step] < until, stripe_id.is_not(None))
    return [each for each in session.scalars(chosen.order_by(at)) if each is not None]
