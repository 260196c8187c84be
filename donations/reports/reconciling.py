"""What comparing with Stripe last found: for staff, for the command line and for metrics."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from donations.domain.books import Finding
from donations.domain.money import Money
from donations.domain.reconciling import RunKind, Step
from donations.models import BookFinding, BookSum, ReconcileRun, StripeObject
from donations.reports.currency_order import in_order
from donations.reports.paging import PAGE_SIZE, Paged, Place

RUN_WORDS: Final = {
    RunKind.EVENTS: "Events",
    RunKind.CHECKOUTS: "Open checkouts",
    RunKind.NIGHTLY: "The night’s comparison",
    RunKind.ASKED: "By hand",
}
BEATS: Final = {
    RunKind.EVENTS: "every 15 minutes",
    RunKind.CHECKOUTS: "every hour",
    RunKind.NIGHTLY: "every night at three",
    RunKind.ASKED: "when somebody asks for it",
}
STEP_WORDS: Final = {
    Step.EVENTS: "events",
    Step.SESSIONS: "checkout sessions",
    Step.PAYMENTS: "payments",
    Step.INVOICES: "invoices",
    Step.SUBSCRIPTIONS: "subscriptions",
    Step.REFUNDS: "refunds",
    Step.DISPUTES: "disputes",
    Step.BALANCE: "the balance",
    Step.BOOK_PAYMENTS: "the books: payments",
    Step.BOOK_REFUNDS: "the books: refunds",
    Step.BOOK_DISPUTES: "the books: disputes",
    Step.BOOK_UNMATCHED: "the books: what is unmatched",
}
FINDING_WORDS: Final = {
    Finding.NOT_OURS: "Stripe moved money for it, and we have no row",
    Finding.NOT_STRIPES: "we have a row, and Stripe moved nothing",
    Finding.AMOUNT: "another amount",
    Finding.FEE: "another fee",
    Finding.NET: "Stripe’s amount less its fee is not its net",
}


@dataclass(frozen=True, slots=True)
class LastRun:
    """The newest run of a kind that came to its end."""

    kind: RunKind
    started_at: datetime
    finished_at: datetime
    since: datetime
    listed: int
    marked: int
    differing: int
    problem: str | None


@dataclass(frozen=True, slots=True)
class BookLine:
    """One currency's books: payments − refunds − withdrawn + reinstated − on their way is `ours`."""

    sums: BookSum

    @property
    def ours(self) -> int:
        sums = self.sums
        return sums.payments - sums.refunds - sums.withdrawn + sums.reinstated - sums.on_their_way

    @property
    def difference(self) -> int:
        """More than nothing where Stripe moved less than we have booked."""
        return self.ours - self.sums.stripes

    def money(self, amount: int) -> Money:
        return Money(amount, self.sums.currency)


@dataclass(frozen=True, slots=True)
class Books:
    """What the newest run that read the books says of them."""

    run: ReconcileRun
    lines: tuple[BookLine, ...]
    findings: Paged[BookFinding]

    @property
    def is_balanced(self) -> bool:
        return not self.findings.place.total and not any(
            line.difference or line.sums.unmatched for line in self.lines
        )


@dataclass(frozen=True, slots=True)
class Waiting:
    """Of the objects that are to be looked at: how many wait, since when, and how many were set aside."""

    waiting: int
    oldest_at: datetime | None
    set_aside: int


def last_runs(session: Session) -> tuple[LastRun, ...]:
    """One of each kind, in the order of `RunKind`; a kind that never came to an end is not there."""
    found = (_newest(session, _finished(kind)) for kind in RunKind)
    return tuple(
        LastRun(
            row.kind,
            row.started_at,
            row.finished_at,
            row.since,
            row.listed,
            row.marked,
            row.differing,
            row.problem,
        )
        for row in found
        if row is not None and row.finished_at is not None
    )


def under_way(session: Session) -> tuple[ReconcileRun, ...]:
    statement = select(ReconcileRun).where(ReconcileRun.finished_at.is_(None))
    return tuple(session.scalars(statement.order_by(ReconcileRun.id)))


def latest_books(session: Session, asked_page: int = 1) -> Books | None:
    """Of the night's comparison or of one by hand, whichever is newer; None before the first."""
    run = _newest(session, _finished(RunKind.NIGHTLY, RunKind.ASKED))
    return None if run is None else books_of(session, run, asked_page)


def books_of(session: Session, run: ReconcileRun, asked_page: int = 1) -> Books:
    sums = session.scalars(select(BookSum).where(BookSum.run_id == run.id)).all()
    of_run = BookFinding.run_id == run.id
    place = Place.of(asked_page, session.scalar(select(func.count()).where(of_run)) or 0)
    findings = session.scalars(
        select(BookFinding).where(of_run).order_by(BookFinding.id).limit(PAGE_SIZE).offset(place.offset)
    )
    by_currency = {row.currency: BookLine(row) for row in sums}
    lines = tuple(by_currency[currency] for currency in in_order(by_currency))
    return Books(run, lines, Paged(tuple(findings), place))


def waiting_now(session: Session) -> Waiting:
    waits = (StripeObject.applied < StripeObject.generation, StripeObject.quarantined_at.is_(None))
    count, oldest_at = session.execute(
        select(func.count(), func.min(StripeObject.marked_at)).where(*waits)
    ).one()
    aside = session.scalar(select(func.count()).where(StripeObject.quarantined_at.is_not(None)))
    return Waiting(count, oldest_at, aside or 0)


def set_aside_first(session: Session) -> tuple[StripeObject, ...]:
    """Those that were set aside last."""
    statement = select(StripeObject).where(StripeObject.quarantined_at.is_not(None))
    ordered = statement.order_by(StripeObject.quarantined_at.desc(), StripeObject.id.desc())
    return tuple(session.scalars(ordered.limit(PAGE_SIZE)))


def list_runs(session: Session, asked_page: int) -> Paged[ReconcileRun]:
    """One page of all runs, the newest first."""
    place = Place.of(asked_page, session.scalar(select(func.count()).select_from(ReconcileRun)) or 0)
    newest = select(ReconcileRun).order_by(ReconcileRun.id.desc())
    return Paged(tuple(session.scalars(newest.limit(PAGE_SIZE).offset(place.offset))), place)


def _finished(*kinds: RunKind) -> Select[ReconcileRun]:
    return select(ReconcileRun).where(ReconcileRun.kind.in_(kinds), ReconcileRun.finished_at.is_not(None))


def _newest(session: Session, chosen: Select[ReconcileRun]) -> ReconcileRun | None:
    return session.scalar(chosen.order_by(ReconcileRun.finished_at.desc(), ReconcileRun.id.desc()).limit(1))
