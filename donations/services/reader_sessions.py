"""Keep readers logged in for a while. A session is a row on the server, so that it can be ended there."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from donations.models import ReaderSession

IDLE_FOR: Final = timedelta(minutes=60)
"""Somebody else may sit at this computer by then."""
LASTS_AT_MOST: Final = timedelta(hours=12)
SEEN_EVERY: Final = timedelta(minutes=5)
"""How exactly we keep when a session was last used: a page view should not cost a write."""

_TOKEN_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever is logged in, in one session."""

    supporter_id: int
    session_id: int
    binding: str
    """What the session's forms are signed with besides our secret: a form of one session is none of
    another's. Ids of rows may come again; this does not."""


def open_session(session: Session, supporter_id: int, old_token: str | None, now: datetime) -> str:
    """Log a reader in and return the new session's token; the session of `old_token` ends."""
    if old_token:
        log_out(session, old_token)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    session.add(
        ReaderSession(
            token_hash=_hash_of(token),
            supporter_id=supporter_id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + LASTS_AT_MOST,
        )
    )
    session.flush()
    return token


def find_reader(session: Session, token: str, now: datetime) -> tuple[Reader, bool] | None:
    """Whose session this is, and whether it is time to call `note_seen`. None where it is over."""
    login = session.scalar(
        select(ReaderSession).where(
            ReaderSession.token_hash == _hash_of(token),
            ReaderSession.expires_at > now,
            ReaderSession.last_seen_at > now - IDLE_FOR,
        )
    )
    if login is None:
        return None
    reader = Reader(login.supporter_id, login.id, login.token_hash.hex())
    return reader, login.last_seen_at <= now - SEEN_EVERY


def note_seen(session: Session, reader: Reader, now: datetime) -> None:
    """Push the idle end of a session further away."""
    session.execute(
        update(ReaderSession).where(ReaderSession.id == reader.session_id).values(last_seen_at=now)
    )


def log_out(session: Session, token: str) -> None:
    """End a session; a token that opens none is no error."""
    session.execute(delete(ReaderSession).where(ReaderSession.token_hash == _hash_of(token)))


def log_out_everywhere(session: Session, supporter_id: int) -> None:
    """End every session of a supporter."""
    session.execute(delete(ReaderSession).where(ReaderSession.supporter_id == supporter_id))


def forget(session: Session, supporter_id: int, _now: datetime) -> None:
    """End every login, as for `log_out_everywhere`, of a supporter who is being erased."""
    log_out_everywhere(session, supporter_id)


def purge(session: Session, now: datetime) -> None:
    """Forget the sessions that are over."""
    session.execute(
        delete(ReaderSession).where(
            or_(ReaderSession.expires_at <= now, ReaderSession.last_seen_at <= now - IDLE_FOR)
        )
    )


def _hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
