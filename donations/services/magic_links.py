"""Links that log a reader in, once, within half an hour.

A token is made when its letter is written, and only its hash is kept, so nothing that waits in the
database opens anything. Unknown, used and expired look the same.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from donations.domain.manage_pages import ManagePage
from donations.models import LinkRequest, MagicLink
from donations.services.outbox import Letter
from donations.services.throttles import Limit

LASTS: Final = timedelta(minutes=30)
KEPT_FOR: Final = timedelta(days=1)
GUESS_LIMIT: Final = Limit("manage_open/network", 20, timedelta(minutes=15))
_TOKEN_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Opened:
    """Whom a link logged in, and where they want to go on to."""

    supporter_id: int
    wanted: ManagePage | None


def compose_link(session: Session, letter: Letter, now: datetime) -> str:
    """The token for a letter that is written now. Written again, it carries another one: we cannot
    know whether the first arrived, and both open until one is used."""
    request = session.scalars(select(LinkRequest).where(LinkRequest.reference == letter.cause)).one()
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    session.add(
        MagicLink(
            token_hash=_hash_of(token),
            request_reference=request.reference,
            supporter_id=letter.supporter_id,
            wanted=request.wanted,
            created_at=now,
            expires_at=now + LASTS,
        )
    )
    session.flush()
    return token


def is_open(session: Session, token: str, now: datetime) -> bool:
    """Whether `use` would log somebody in. Looking uses nothing up."""
    link = select(MagicLink.id).where(
        MagicLink.token_hash == _hash_of(token), MagicLink.used_at.is_(None), MagicLink.expires_at > now
    )
    return session.scalar(link) is not None


def use(session: Session, token: str, now: datetime) -> Opened | None:
    """Use a link up. Of several who use it at once one is let in. None where it opens nothing."""
    row = session.execute(
        update(MagicLink)
        .where(
            MagicLink.token_hash == _hash_of(token), MagicLink.used_at.is_(None), MagicLink.expires_at > now
        )
        .values(used_at=now)
        .returning(MagicLink.supporter_id, MagicLink.wanted, MagicLink.request_reference)
    ).first()
    if row is None:
        return None
    session.execute(
        update(MagicLink)
        .where(MagicLink.request_reference == row.request_reference, MagicLink.used_at.is_(None))
        .values(used_at=now)
    )
    return Opened(row.supporter_id, row.wanted)


def forget(session: Session, supporter_id: int, _now: datetime) -> None:
    """No link that was sent opens anything any more."""
    session.execute(delete(MagicLink).where(MagicLink.supporter_id == supporter_id))


def purge(session: Session, now: datetime) -> None:
    """Forget the links that open nothing any more."""
    session.execute(delete(MagicLink).where(MagicLink.expires_at < now - KEPT_FOR))


def _hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
