"""The books: each row of ours against what Stripe moved for it, a page of rows at a time.

In each settlement currency, payments − refunds that succeeded − disputes withdrawn + reinstated is what
Stripe moved for the same rows; what Stripe moved without a row of ours is unmatched. Looked at are the rows
since the run's `since`; what came while it listed is no finding. Gifts that came without Stripe are
outside.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from donations.domain.books import (
    Disagreement,
    Finding,
    Moved,
    of_dispute,
    of_payment,
    of_refund,
    was_reinstated,
    was_withdrawn,
)
from donations.domain.reconciling import Step
from donations.domain.refunds import counts, is_open
from donations.gateway.kinds import ObjectKind
from donations.models import BalanceEntry, BookFinding, BookSum, Dispute, Donation, Refund, StripeObject
from donations.models.insert import insert_into
from donations.services.reconcile_runs import Place
from donations.services.tickets import NOT_OURS

ROWS: Final = 1000
"""A page."""
MOST_FINDINGS: Final = 500
"""Of one run: so many are read by nobody, and the sums tell the rest."""
_NOTHING: Final = Moved(0, 0, 0, 0)


@dataclass(slots=True)
class Sum:
    """What a page adds to the sums of one currency."""

    payments: int = 0
    refunds: int = 0
    withdrawn: int = 0
    reinstated: int = 0
    on_their_way: int = 0
    stripes: int = 0
    unmatched: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One disagreement, and whose it is."""

    kind: ObjectKind
    stripe_id: str
    currency: str
    found: Disagreement


@dataclass(slots=True)
class BookPage:
    """What one page of rows comes to."""

    rows: int = 0
    cursor: str | None = None
    sums: dict[str, Sum] = field(default_factory=dict[str, Sum])
    lines: list[Line] = field(default_factory=list[Line])

    def of(self, currency: str) -> Sum:
        return self.sums.setdefault(currency, Sum())

    def note(self, kind: ObjectKind, stripe_id: str, currency: str, found: Disagreement | None) -> None:
        if found is not None:
            self.lines.append(Line(kind, stripe_id, currency, found))


def read_page(session: Session, place: Place) -> BookPage:
    """The next rows of this step of the books."""
    return _PAGES[place.step](session, place)


def store_page(session: Session, run_id: int, page: BookPage) -> None:
    """Add them to what the run found before."""
    for currency, each in page.sums.items():
        values = {one.name: getattr(each, one.name) for one in fields(each)}
        statement = insert_into(session, BookSum).values(run_id=run_id, currency=currency, **values)
        added = {name: getattr(BookSum, name) + statement.excluded[name] for name in values}
        session.execute(
            statement.on_conflict_do_update(index_elements=[BookSum.run_id, BookSum.currency], set_=added)
        )
    kept = session.scalar(select(func.count()).where(BookFinding.run_id == run_id)) or 0
    session.add_all(
        BookFinding(
            run_id=run_id,
            finding=line.found.finding,
            object_kind=line.kind.value,
            stripe_id=line.stripe_id,
            ours=line.found.ours,
            stripes=line.found.stripes,
            currency=line.currency,
        )
        for line in page.lines[: MOST_FINDINGS - kept]
    )


def _payments(session: Session, place: Place) -> BookPage:
    chosen = select(Donation).where(
        Donation.charged_at >= place.since,
        Donation.settlement_recorded_at.is_not(None),
        Donation.stripe_payment_intent_id.is_not(None),
    )
    rows, page = _next(session, place, chosen, Donation.id)
    moved = _moved(
        session,
        ObjectKind.CHARGE,
        BalanceEntry.stripe_payment_intent_id,
        [row.stripe_payment_intent_id for (row,) in rows],
    )
    for (row,) in rows:
        each, settled = moved.get(row.stripe_payment_intent_id, _NOTHING), row.settled_amount
        currency = row.settlement_currency
        if _came_meanwhile(place, each, row.settlement_recorded_at):
            continue
        found = of_payment(settled, row.fee_amount, each)
        page.note(ObjectKind.PAYMENT_INTENT, row.stripe_payment_intent_id, currency, found)
        page.of(currency).payments += settled
        page.of(currency).stripes += each.amount
    return page


@dataclass(frozen=True, slots=True)
class _Taken:
    """A way in which money is taken back from donations, and how the books take in a row of it."""

    kind: ObjectKind
    model: type[Refund | Dispute]
    stripe_id: SQLColumnExpression[str]
    taken_at: SQLColumnExpression[datetime]
    compare: Callable[..., Disagreement | None]
    add: Callable[[Sum, Any, Moved, bool], None]


def _add_refund(sums: Sum, row: Refund, moved: Moved, is_converted: bool) -> None:
    if counts(row.status):
        sums.refunds += -moved.amount if is_converted else row.amount
    elif is_open(row.status):
        sums.on_their_way -= moved.amount


def _add_dispute(sums: Sum, row: Dispute, moved: Moved, is_converted: bool) -> None:
    if is_converted:
        sums.withdrawn -= moved.amount
    elif was_withdrawn(row.status):
        sums.withdrawn += row.amount
        sums.reinstated += row.amount if was_reinstated(row.status) else 0


_REFUNDS: Final = _Taken(
    ObjectKind.REFUND, Refund, Refund.stripe_refund_id, Refund.refunded_at, of_refund, _add_refund
)
_DISPUTES: Final = _Taken(
    ObjectKind.DISPUTE, Dispute, Dispute.stripe_dispute_id, Dispute.opened_at, of_dispute, _add_dispute
)


def _taken_back(what: _Taken, session: Session, place: Place) -> BookPage:
    chosen = (
        select(what.model, what.stripe_id, Donation.settlement_currency)
        .join(Donation, Donation.id == what.model.donation_id)
        .where(what.taken_at >= place.since)
    )
    rows, page = _next(session, place, chosen, what.model.id)
    moved = _moved(session, what.kind, BalanceEntry.stripe_source_id, [stripe_id for _, stripe_id, _ in rows])
    for row, stripe_id, settled_in in rows:
        each, currency = moved.get(stripe_id, _NOTHING), settled_in or row.currency
        if _came_meanwhile(place, each, row.recorded_at):
            continue
        is_converted = currency != row.currency
        found = what.compare(row.amount, row.status, each, is_converted=is_converted)
        page.note(what.kind, stripe_id, currency, found)
        sums = page.of(currency)
        sums.stripes += each.amount
        what.add(sums, row, each, is_converted)
    return page


def _unmatched(session: Session, place: Place) -> BookPage:
    """What Stripe moved for a gift that we don't know; what was found to be nobody's of ours is left out."""
    chosen = select(BalanceEntry).where(
        BalanceEntry.created_at >= place.since, BalanceEntry.source_kind.is_not(None)
    )
    rows, page = _next(session, place, chosen, BalanceEntry.id)
    known = _known(session, [row for (row,) in rows])
    for (row,) in rows:
        if row.stripe_source_id in known or row.stripe_payment_intent_id in known:
            continue
        found = Disagreement(Finding.NOT_OURS, None, row.amount)
        page.note(ObjectKind(row.source_kind), row.stripe_source_id, row.currency, found)
        page.of(row.currency).unmatched += 1
    return page


_PAGES: Final[Mapping[Step, Callable[[Session, Place], BookPage]]] = {
    Step.BOOK_PAYMENTS: _payments,
    Step.BOOK_REFUNDS: partial(_taken_back, _REFUNDS),
    Step.BOOK_DISPUTES: partial(_taken_back, _DISPUTES),
    Step.BOOK_UNMATCHED: _unmatched,
}


def _next(
    session: Session, place: Place, chosen: Select[*tuple[Any, ...]], key: InstrumentedAttribute[int]
) -> tuple[Sequence[Any], BookPage]:
    """The rows after the place's cursor, and the page that they are to fill."""
    after = int(place.cursor or 0)
    rows = session.execute(chosen.where(key > after).order_by(key).limit(ROWS)).all()
    cursor = str(rows[-1][0].id) if len(rows) == ROWS else None
    return rows, BookPage(rows=len(rows), cursor=cursor)


def _came_meanwhile(place: Place, moved: Moved, recorded_at: datetime) -> bool:
    """What the balance does not have because it was listed before."""
    return not moved.lines and recorded_at >= place.started_at


def _moved(
    session: Session, kind: ObjectKind, key: InstrumentedAttribute[str | None], ids: Collection[str]
) -> dict[str | None, Moved]:
    """What Stripe moved for each of these, whenever it did."""
    found = session.execute(
        select(
            key,
            func.sum(BalanceEntry.amount),
            func.sum(BalanceEntry.fee),
            func.sum(BalanceEntry.net),
            func.count(),
        )
        .where(key.in_(ids), BalanceEntry.source_kind == kind)
        .group_by(key)
    )
    # SUM is a Decimal on PostgreSQL.
    return {
        stripe_id: Moved(int(amount), int(fee), int(net), lines)
        for stripe_id, amount, fee, net, lines in found
    }


def _known(session: Session, entries: Sequence[BalanceEntry]) -> set[str | None]:
    """Of what moved these, which are ours; and the payments that were found to be nobody's of ours.

    A payment of ours is known by its charge: by its own id it would vouch for refunds that we lack.
    """
    sources: dict[str | None, list[str]] = {}
    for each in entries:
        sources.setdefault(each.source_kind, []).append(each.stripe_source_id or "")
    payments = [each.stripe_payment_intent_id for each in entries if each.stripe_payment_intent_id]
    others = (
        StripeObject.kind == ObjectKind.PAYMENT_INTENT,
        StripeObject.stripe_id.in_(payments),
        StripeObject.problem.startswith(NOT_OURS),
    )
    return {
        *_charges_of_ours(session, entries),
        *_found(
            session, Refund.stripe_refund_id, Refund.stripe_refund_id.in_(sources.get(ObjectKind.REFUND, []))
        ),
        *_found(
            session,
            Dispute.stripe_dispute_id,
            Dispute.stripe_dispute_id.in_(sources.get(ObjectKind.DISPUTE, [])),
        ),
        *_found(session, StripeObject.stripe_id, *others),
    }


def _charges_of_ours(session: Session, entries: Sequence[BalanceEntry]) -> list[str | None]:
    charges = [each for each in entries if each.source_kind == ObjectKind.CHARGE]
    ids = [each.stripe_payment_intent_id or "" for each in charges]
    are_these = Donation.stripe_payment_intent_id.in_(ids)
    ours = set(_found(session, Donation.stripe_payment_intent_id, are_these))
    return [each.stripe_source_id for each in charges if each.stripe_payment_intent_id in ours]


def _found(
    session: Session, column: InstrumentedAttribute[Any], *conditions: ColumnElement[bool]
) -> Sequence[str | None]:
    return session.scalars(select(column).where(*conditions)).all()
