"""Messages to send: written down with their cause, sent outside of any transaction.

Each is sent once for its cause. Mail itself is at least once (a crash between sending and noting
it sends again), so the Message-ID is made once and stays: a mailbox shows the two as one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from donations.models import OutboxMessage, OutboxStatus
from donations.models.insert import insert_if_absent
from donations.services.references import new_reference
from donations.services.tickets import MOST_TRIES, backoff

LEASE: Final = timedelta(minutes=5)
_MESSAGE_ID_DOMAIN: Final = "donations.themoscowtimes.com"


@dataclass(frozen=True, slots=True)
class Letter:
    """One message that this worker is to send now."""

    id: int
    kind: str
    cause: str
    supporter_id: int
    message_id: str
    tries: int


def add(session: Session, kind: str, cause: str, supporter_id: int, now: datetime) -> bool:
    """Have a message sent, unless one of this kind for this cause was written before."""
    values = {
        "kind": kind,
        "cause": cause,
        "supporter_id": supporter_id,
        "message_id": f"<{new_reference()}@{_MESSAGE_ID_DOMAIN}>",
        "status": OutboxStatus.WAITING,
        "tries": 0,
        "next_try_at": now,
        "created_at": now,
    }
    return insert_if_absent(session, OutboxMessage, values)


def claim_due(session: Session, limit: int, now: datetime) -> list[Letter]:
    """Lease the messages that wait longest; a crash lets the lease run out."""
    due = (
        select(OutboxMessage)
        .where(OutboxMessage.status == OutboxStatus.WAITING, OutboxMessage.next_try_at <= now)
        .order_by(OutboxMessage.next_try_at, OutboxMessage.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = session.scalars(due).all()
    for row in rows:
        row.next_try_at = now + LEASE
    return [Letter(r.id, r.kind, r.cause, r.supporter_id, r.message_id, r.tries) for r in rows]


def is_any_due(session: Session, now: datetime) -> bool:
    waiting = select(OutboxMessage.id).where(
        OutboxMessage.status == OutboxStatus.WAITING, OutboxMessage.next_try_at <= now
    )
    return session.scalar(waiting.limit(1)) is not None


def mark_sent(session: Session, letter: Letter, now: datetime) -> None:
    sent = {"status": OutboxStatus.SENT, "sent_at": now, "problem": None}
    session.execute(update(OutboxMessage).where(OutboxMessage.id == letter.id).values(sent))


def fail(
    session: Session, letter: Letter, problem: str, now: datetime, random: Random, *, for_good: bool = False
) -> None:
    """Put a message off, or give it up: at once where trying again cannot help, else after the last try.

    `problem` names the kind of error only, for a mail server's answer may quote the address.
    """
    tries = letter.tries + 1
    gives_up = for_good or tries >= MOST_TRIES
    statement = (
        update(OutboxMessage)
        .where(OutboxMessage.id == letter.id, OutboxMessage.status == OutboxStatus.WAITING)
        .values(
            status=OutboxStatus.FAILED if gives_up else OutboxStatus.WAITING,
            tries=tries,
            problem=problem,
            next_try_at=now + backoff(tries, random),
        )
    )
    session.execute(statement)
