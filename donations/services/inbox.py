"""Take in what Stripe tells us: the envelope of the event, and a reason to look at its object again.

Nothing is believed of what an event says about money, and nothing is ordered by when it came:
`services.tickets` has the object fetched afresh.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, case, or_
from sqlalchemy.orm import Session

from donations.gateway.kinds import ObjectKind
from donations.gateway.notices import Notice
from donations.models import Disposition, StripeEvent, StripeObject
from donations.models.insert import Upsert, insert_if_absent, insert_into

_NOT_FOLLOWED: Final = "not a type that we follow"


@dataclass(frozen=True, slots=True)
class Received:
    """What was made of a notice. `is_marked` says that there is something for the worker to do."""

    is_new: bool
    is_marked: bool
    disposition: Disposition


def receive(session: Session, notice: Notice, now: datetime, *, expects_live: bool) -> Received:
    """Keep the envelope and mark its object: one INSERT, and one upsert where it was new.

    An event of the other mode is quarantined and marks nothing.
    """
    disposition, note = judge(notice, expects_live=expects_live)
    if not insert_if_absent(session, StripeEvent, envelope(notice, disposition, note, now)):
        return Received(is_new=False, is_marked=False, disposition=disposition)
    if disposition is not Disposition.MARKED or notice.kind is None or notice.object_id is None:
        return Received(is_new=True, is_marked=False, disposition=disposition)
    mark(session, notice.kind, notice.object_id, now)
    return Received(is_new=True, is_marked=True, disposition=disposition)


def mark(session: Session, kind: ObjectKind, stripe_id: str, now: datetime) -> int:
    """Have an object looked at again, for a reason that came up now. Returns the new generation.

    News takes a ticket out of quarantine: what was wrong with the last copy may be right in the next.
    """
    generation = session.scalar(_raised(session, kind, stripe_id, now))
    assert generation is not None
    return generation


def mark_related(session: Session, kind: ObjectKind, stripe_id: str, news_at: datetime) -> bool:
    """Have a relative of an object looked at, unless it was since the news of `news_at`.

    A mark keeps the time of the news that it follows from, so that relatives which name each
    other (a subscription and its invoice) don't mark each other for ever: each is looked at once
    for one piece of news. True where it was marked.
    """
    stale = or_(StripeObject.looked_at.is_(None), StripeObject.looked_at < news_at)
    return session.scalar(_raised(session, kind, stripe_id, news_at, only_if=stale)) is not None


def _raised(
    session: Session,
    kind: ObjectKind,
    stripe_id: str,
    at: datetime,
    only_if: ColumnElement[bool] | None = None,
) -> Any:
    statement = insert_into(session, StripeObject).values(first_ticket(kind.value, stripe_id, at))
    return on_news(statement, only_if=only_if).returning(StripeObject.generation)


def on_news(statement: Upsert, *, only_if: ColumnElement[bool] | None = None) -> Upsert:
    """What an INSERT of a ticket does where the object has one: raise its generation and make it due.

    `marked_at` and `next_try_at` of the row that it would have inserted are the time of the news.
    """
    was_quarantined = StripeObject.quarantined_at.is_not(None)
    at, due_at = statement.excluded.marked_at, statement.excluded.next_try_at
    return statement.on_conflict_do_update(
        index_elements=["kind", "stripe_id"],
        set_={
            "generation": StripeObject.generation + 1,
            "marked_at": case((StripeObject.marked_at > at, StripeObject.marked_at), else_=at),
            "next_try_at": case((StripeObject.next_try_at < due_at, StripeObject.next_try_at), else_=due_at),
            "tries": case((was_quarantined, 0), else_=StripeObject.tries),
            "problem": case((was_quarantined, None), else_=StripeObject.problem),
            "quarantined_at": None,
        },
        where=only_if,
    )


def first_ticket(kind: object, stripe_id: object, at: object) -> dict[str, Any]:
    """The columns of the ticket of an object that had none: values, or expressions of a statement."""
    return {
        "kind": kind,
        "stripe_id": stripe_id,
        "generation": 1,
        "applied": 0,
        "marked_at": at,
        "tries": 0,
        "next_try_at": at,
    }


def judge(notice: Notice, *, expects_live: bool) -> tuple[Disposition, str | None]:
    """What is to be made of a notice, and why where it marks nothing."""
    if notice.is_livemode is not expects_live:
        return (
            Disposition.QUARANTINED,
            f"a {'live' if notice.is_livemode else 'test'} event in the other mode",
        )
    if notice.kind is None or notice.object_id is None:
        return Disposition.SET_ASIDE, _NOT_FOLLOWED
    return Disposition.MARKED, None


def envelope(notice: Notice, disposition: Disposition, note: str | None, now: datetime) -> dict[str, Any]:
    """The columns of the event's row."""
    return {
        "stripe_event_id": notice.event_id,
        "type": notice.type,
        "object_kind": None if notice.kind is None else notice.kind.value,
        "stripe_object_id": notice.object_id,
        "api_version": notice.api_version,
        "is_livemode": notice.is_livemode,
        "is_thin": notice.is_thin,
        "disposition": disposition,
        "note": note,
        "created_at": notice.created_at,
        "received_at": now,
    }
