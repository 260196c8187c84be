"""Work through the tickets of `models.stripe_object`, many workers at once.

A worker leases a ticket in a short transaction, fetches its object with no transaction open, and
applies the copy in a transaction that begins with `finish`. A lease is only a `next_try_at` a
little ahead: after a crash the ticket comes due by itself, and should two workers hold the same
one, `finish` lets the fresher copy win and the other change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any, Final

from sqlalchemy import Connection, Dialect, Row, and_, bindparam, case, func, select, update
from sqlalchemy.orm import Session

from donations.gateway.kinds import ObjectKind
from donations.models import StripeObject
from donations.models.insert import table_of
from donations.models.ready import ReadyStatement

LEASE: Final = timedelta(seconds=120)
"""Longer than a fetch may take with all its tries; after it another worker may take over."""
MOST_TRIES: Final = 8
PATIENCE: Final = timedelta(days=1)
"""For how long after it was marked a rate limit does not count as a try."""
GAVE_UP: Final = "gave up"
"""How the reason begins of a ticket that was set aside for no fault of its object's."""
NOT_OURS: Final = "not ours"
"""How the note begins of an object that came from no checkout of ours: it is set aside."""
_FIRST_DELAY: Final = timedelta(seconds=4)
_LONGEST_WAIT: Final = timedelta(hours=1)
_LONGEST_PROBLEM: Final = 500
_TABLE: Final = table_of(StripeObject)
_OF_TICKET: Final = tuple(
    _TABLE.c[name] for name in ("id", "kind", "stripe_id", "generation", "tries", "marked_at")
)


@dataclass(frozen=True, slots=True)
class Ticket:
    """One object to look at, at the generation that was read before it is fetched."""

    id: int
    kind: ObjectKind
    stripe_id: str
    generation: int
    tries: int
    marked_at: datetime
    """The time of the newest news about it."""


def claim_due(session: Session, limit: int, now: datetime) -> list[Ticket]:
    """Lease the tickets that wait longest, passing over those that another worker is leasing now."""
    due = (
        select(*_OF_TICKET)
        .where(_is_due(now))
        .order_by(StripeObject.next_try_at, StripeObject.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    tickets = [_ticket(row) for row in session.execute(due)]
    if tickets:
        leased = update(_TABLE).where(_TABLE.c.id.in_([ticket.id for ticket in tickets]))
        session.execute(leased.values(next_try_at=now + LEASE))
    return tickets


def read_again(connection: Connection, ticket: Ticket) -> Ticket | None:
    """A ticket that was leased a while ago, as it is now: what was marked meanwhile is looked at with it.
    None where another worker has applied it since. `connection` is one of `models.database.asking`."""
    row = connection.execute(_READ_AGAIN, {"ticket_id": ticket.id}).first()
    return None if row is None else _ticket(row)


def give_back(session: Session, leased: Iterable[Ticket], now: datetime) -> None:
    """Let others have tickets that were leased and not looked at."""
    statement = update(StripeObject).where(
        StripeObject.id.in_([ticket.id for ticket in leased]), StripeObject.next_try_at > now
    )
    session.execute(statement.values(next_try_at=now))


def next_due_at(session: Session) -> datetime | None:
    """When the next ticket comes due; None when nothing waits."""
    return session.scalar(select(func.min(StripeObject.next_try_at)).where(_waits()))


def finish(session: Session, ticket: Ticket, asked_at: datetime) -> bool:
    """Say that the copy of this generation is applied now; False where a fresher one was before.

    First in the transaction that applies it: it locks the row, so that two copies of one object
    are applied one after the other. It writes the generation that was read, never the row's:
    what was marked during the fetch must be looked at again.
    """
    connection = session.connection()
    values = {"ticket_id": ticket.id, "read": ticket.generation, "asked_at": asked_at}
    return _ready_finish(connection.dialect).first(connection, values) is not None


def note(session: Session, ticket: Ticket, text: str) -> None:
    """Write down something about a copy that was applied. Never personal data."""
    statement = update(StripeObject).where(StripeObject.id == ticket.id)
    session.execute(statement.values(problem=text[:_LONGEST_PROBLEM]))


def fail(session: Session, ticket: Ticket, problem: str, now: datetime, random: Random) -> datetime | None:
    """Put a ticket off after a failed try. Returns when it is tried again; None once it is quarantined."""
    tries = ticket.tries + 1
    if tries >= MOST_TRIES:
        quarantine(session, ticket, f"{GAVE_UP} after {tries} tries: {problem}", now)
        return None
    again_at = now + backoff(tries, random)
    _put_off(session, ticket, problem, again_at, tries=tries)
    return again_at


def wait(
    session: Session, ticket: Ticket, problem: str, seconds: float | None, now: datetime, random: Random
) -> datetime | None:
    """Put a ticket off because we asked too often: not a try, unless it goes on for a day."""
    if now - ticket.marked_at > PATIENCE:
        return fail(session, ticket, problem, now, random)
    asked = min(timedelta(seconds=seconds or 1), _LONGEST_WAIT)
    again_at = now + asked + timedelta(seconds=random.uniform(0, 2))
    _put_off(session, ticket, problem, again_at, tries=ticket.tries)
    return again_at


def quarantine(session: Session, ticket: Ticket, reason: str, now: datetime) -> None:
    """Set a ticket aside until there is news of its object, or staff replay it.

    News that came meanwhile keeps it going: the next copy may be right.
    """
    statement = (
        update(StripeObject)
        .where(StripeObject.id == ticket.id, StripeObject.applied < ticket.generation)
        .where(StripeObject.generation == ticket.generation)
        .values(
            quarantined_at=now, tries=ticket.tries + 1, problem=reason[:_LONGEST_PROBLEM], next_try_at=now
        )
    )
    session.execute(statement)


def was_looked_at(session: Session, kind: ObjectKind, stripe_id: str, since: datetime) -> bool:
    """Whether a copy asked for at `since` or later was applied."""
    looked_at = session.scalar(
        select(StripeObject.looked_at).where(StripeObject.kind == kind, StripeObject.stripe_id == stripe_id)
    )
    return looked_at is not None and looked_at >= since


def backoff(tries: int, random: Random) -> timedelta:
    """How long to wait after so many tries: 4 s, then five times longer each time, about a day in all."""
    return _FIRST_DELAY * 5 ** (tries - 1) * random.uniform(0.8, 1.25)


def _put_off(session: Session, ticket: Ticket, problem: str, until: datetime, *, tries: int) -> None:
    """What was marked during the try stays due at once."""
    unmarked_since = StripeObject.generation == ticket.generation
    statement = (
        update(StripeObject)
        .where(StripeObject.id == ticket.id, StripeObject.applied < ticket.generation)
        .values(
            tries=tries,
            problem=problem[:_LONGEST_PROBLEM],
            next_try_at=case((unmarked_since, until), else_=StripeObject.next_try_at),
        )
    )
    session.execute(statement)


@lru_cache(maxsize=4)
def _ready_finish(dialect: Dialect) -> ReadyStatement:
    columns, read = _TABLE.c, bindparam("read", type_=_TABLE.c.applied.type)
    statement = (
        update(_TABLE)
        .where(columns.id == bindparam("ticket_id"), columns.applied < read)
        .values(
            applied=read,
            tries=0,
            problem=None,
            quarantined_at=None,
            looked_at=bindparam("asked_at", type_=columns.looked_at.type),
        )
        .returning(columns.id)
    )
    return ReadyStatement(statement, dialect)


def _waits() -> Any:
    return and_(StripeObject.applied < StripeObject.generation, StripeObject.quarantined_at.is_(None))


def _is_due(now: datetime) -> Any:
    return and_(_waits(), StripeObject.next_try_at <= now)


_READ_AGAIN: Final = select(*_OF_TICKET).where(_TABLE.c.id == bindparam("ticket_id"), _waits())


def _ticket(row: Row[*tuple[Any, ...]]) -> Ticket:
    ticket_id, kind, stripe_id, generation, tries, marked_at = row
    return Ticket(ticket_id, ObjectKind(kind), stripe_id, generation, tries, marked_at)
