"""One page of a comparison with Stripe: list it with no transaction open, judge it, keep what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import StripeMode
from donations.domain.reconciling import BOOKS, Step
from donations.gateway.kinds import ObjectKind
from donations.gateway.listed import BalanceLine
from donations.gateway.notices import Notice
from donations.models import StripeEvent
from donations.models.database import reading, writing
from donations.runtime import Runtime
from donations.services import balance, books, inbox, reconcile_runs
from donations.services.books import BookPage
from donations.services.reconcile_runs import Found, Place
from donations.sync.drift import registry
from donations.sync.drift.balance import of_balance
from donations.sync.drift.difference import Difference
from donations.sync.drift.verdict import Verdict, judge
from donations.sync.outcome import Relative

KINDS: Final[Mapping[Step, ObjectKind]] = {
    Step.SESSIONS: ObjectKind.CHECKOUT_SESSION,
    Step.PAYMENTS: ObjectKind.PAYMENT_INTENT,
    Step.INVOICES: ObjectKind.INVOICE,
    Step.SUBSCRIPTIONS: ObjectKind.SUBSCRIPTION,
    Step.REFUNDS: ObjectKind.REFUND,
    Step.DISPUTES: ObjectKind.DISPUTE,
}


@dataclass(frozen=True, slots=True)
class Judged:
    """A page that was read, before anything of it is kept."""

    listed: tuple[str, ...]
    """The ids that stood on it."""
    cursor: str | None
    differences: tuple[Difference, ...] = ()
    look: tuple[Relative, ...] = ()
    """What is to be looked at again."""
    lost: tuple[Notice, ...] = ()
    """Events that never reached us."""
    lines: tuple[BalanceLine, ...] = ()
    book: BookPage | None = None

    @property
    def found(self) -> Found:
        if self.book is not None:
            return Found(differing=len(self.book.lines))
        if self.lost:
            return Found(len(self.listed), len(self.lost), len(self.lost))
        about = {each.about for each in self.differences}
        return Found(len(self.listed), len(self.look), len(about))


def read(runtime: Runtime, place: Place) -> Judged:
    """The page that comes next, judged by our rows. Nothing is written."""
    if place.step in BOOKS:
        with reading() as session:
            page = books.read_page(session, place)
        return Judged((), page.cursor, book=page)
    if place.step is Step.EVENTS:
        return _events(runtime, place)
    if place.step is Step.BALANCE:
        return _balance(runtime, place)
    return _objects(runtime, place)


def keep(runtime: Runtime, place: Place, page: Judged) -> None:
    """Mark, store and go on, in one transaction; raises Overtaken where another process did before.

    Each lost event has a transaction of its own, as a webhook has: to hold several would be to wait for a
    webhook in a circle. Kept twice after a crash, it counts once.
    """
    for notice in page.lost:
        with writing() as session:
            inbox.receive(session, notice, runtime.now(), expects_live=_expects_live(runtime))
    with writing() as session:
        reconcile_runs.advance(session, place, page.found, page.cursor, runtime.now())
        for each in page.look:
            inbox.mark(session, each.kind, each.stripe_id, runtime.now())
        balance.store(session, page.lines, runtime.now())
        if page.book is not None:
            books.store_page(session, place.run_id, page.book)


def _events(runtime: Runtime, place: Place) -> Judged:
    """The oldest first, as they would have come. Those about nothing that we follow are left alone."""
    page = runtime.gateway.list_events(place.since, place.cursor)
    ids = tuple(each.event_id for each in page.items)
    with reading() as session:
        known = set(
            session.scalars(select(StripeEvent.stripe_event_id).where(StripeEvent.stripe_event_id.in_(ids)))
        )
    lost = [each for each in page.items if each.kind is not None and each.event_id not in known]
    return Judged(ids, page.cursor, lost=tuple(reversed(lost)))


def _objects(runtime: Runtime, place: Place) -> Judged:
    kind = KINDS[place.step]
    page = runtime.gateway.list_objects(kind, place.since, place.cursor)
    with reading() as session:
        found = registry.differences(session, kind, page.items)
        return _judged(runtime, session, tuple(each.id for each in page.items), page.cursor, found)


def _balance(runtime: Runtime, place: Place) -> Judged:
    page = runtime.gateway.list_balance(place.since, place.cursor)
    with reading() as session:
        found = list(of_balance(session, page.items))
        ids = tuple(each.id for each in page.items)
        return _judged(runtime, session, ids, page.cursor, found, lines=page.items)


def _judged(
    runtime: Runtime,
    session: Session,
    listed: tuple[str, ...],
    cursor: str | None,
    found: Sequence[Difference],
    *,
    lines: tuple[BalanceLine, ...] = (),
) -> Judged:
    """Marked in one order, so that two processes cannot wait for each other in a circle."""
    verdicts = judge(session, {each.about for each in found}, runtime.now())
    look = [about for about, verdict in verdicts.items() if verdict is Verdict.LOOK]
    return Judged(
        listed,
        cursor,
        differences=tuple(each for each in found if verdicts[each.about] is not Verdict.NOT_OURS),
        look=tuple(sorted(look, key=lambda each: (each.kind, each.stripe_id))),
        lines=lines,
    )


def _expects_live(runtime: Runtime) -> bool:
    return runtime.config.stripe_mode is StripeMode.LIVE
