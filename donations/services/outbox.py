"""Messages to send: written down with their cause, sent outside of any transaction.

Each is sent once for its cause. Mail itself is at least once (a crash between sending and noting
it sends again), so the Message-ID is made once and stays: a mailbox shows the two as one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from sqlalchemy import ColumnElement, select, update
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
    details: Mapping[str, Any]


def add(
    session: Session,
    kind: str,
    cause: str,
    supporter_id: int,
    now: datetime,
    *,
    not_before: datetime | None = None,
    details: Mapping[str, Any] | None = None,
) -> bool:
    """Have a message sent, unless one of this kind for this cause was written before.

    One that is meant for a later day waits until then; whether it still applies is asked when it is
    due, because much may have changed by then.
    """
    values = {
        "kind": kind,
        "cause": cause,
        "supporter_id": supporter_id,
        "message_id": f"<{new_reference()}@{_MESSAGE_ID_DOMAIN}>",
        "status": OutboxStatus.WAITING,
        "tries": 0,
        "next_try_at": not_before or now,
        "created_at": now,
        "details": None if details is None else json.dumps(details, sort_keys=True),
    }
    return insert_if_absent(session, OutboxMessage, values)


def claim_due(session: Session, limit: int, now: datetime) -> list[Letter]:
    """Lease the messages that wait longest; a crash lets the lease run out."""
    due = (
        select(OutboxMessage)
        .where(*_is_due(now))
        .order_by(OutboxMessage.next_try_at, OutboxMessage.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = session.scalars(due).all()
    for row in rows:
        row.next_try_at = now + LEASE
    return [_letter(row) for row in rows]


def is_any_due(session: Session, now: datetime) -> bool:
    return session.scalar(select(OutboxMessage.id).where(*_is_due(now)).limit(1)) is not None


def mark_sent(session: Session, letter: Letter, now: datetime) -> None:
    sent = {"status": OutboxStatus.SENT, "sent_at": now, "problem": None}
    session.execute(update(OutboxMessage).where(OutboxMessage.id == letter.id).values(sent))


def skip(session: Session, letter: Letter, reason: str, now: datetime) -> None:
    """It need not be sent any more. The row stays, so that its cause cannot ask for it again."""
    statement = update(OutboxMessage).where(
        OutboxMessage.id == letter.id, OutboxMessage.status == OutboxStatus.WAITING
    )
    session.execute(statement.values(skipped_at=now, problem=reason))


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


def withdraw(
    session: Session, kind: str, supporter_id: int, about: str, *, but: str, reason: str, now: datetime
) -> None:
    """What still waits of a kind, and whose cause begins with `about`, need not be sent, unless it
    begins with `but`."""
    statement = update(OutboxMessage).where(
        OutboxMessage.supporter_id == supporter_id,
        OutboxMessage.kind == kind,
        OutboxMessage.status == OutboxStatus.WAITING,
        OutboxMessage.skipped_at.is_(None),
        OutboxMessage.cause.startswith(about, autoescape=True),
        ~OutboxMessage.cause.startswith(but, autoescape=True),
    )
    session.execute(statement.values(skipped_at=now, problem=reason))


def _letter(row: OutboxMessage) -> Letter:
    details: Mapping[str, Any] = {} if row.details is None else json.loads(row.details)
    return Letter(row.id, row.kind, row.cause, row.supporter_id, row.message_id, row.tries, details)


def _is_due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        OutboxMessage.status == OutboxStatus.WAITING,
        OutboxMessage.skipped_at.is_(None),
        OutboxMessage.next_try_at <= now,
    )
