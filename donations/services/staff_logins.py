"""Log staff in and out. A login is a row on the server, so that it can be revoked.

It takes three steps, because hashing a password takes a while and no transaction should be open
meanwhile: `begin` counts the try and reads the account, `is_proven` compares, `finish` opens the
session. Whether the address is known, the account is closed or the password is wrong looks the
same and takes the same time.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from donations.domain.supporters import normalize_email
from donations.models import StaffRole, StaffSession, StaffUser
from donations.services.staff_users import find_staff_user, password_matches, rehash_if_outdated
from donations.services.throttles import (
    Limit,
    forget_tries,
    give_back_try,
    network_of,
    take_try,
    throttle_key,
)

IDLE_FOR: Final = timedelta(hours=12)
"""A session that nobody used for so long is over: longer than a working day with its breaks."""
LASTS_AT_MOST: Final = timedelta(days=7)
"""However much it is used, a password is asked for once a week."""
CONFIRMED_FOR: Final = timedelta(minutes=10)
"""What would harm readers most is done only so soon after the password was typed."""
SEEN_EVERY: Final = timedelta(minutes=5)
"""How exactly we keep when a session was last used: a page view should not cost a write."""

WINDOW: Final = timedelta(minutes=15)
ACCOUNT_LIMIT: Final = Limit("staff_login/account", 5, WINDOW)
NETWORK_LIMIT: Final = Limit("staff_login/network", 20, WINDOW)
"""Higher, because a newsroom shares one line; still far too low for guessing through many accounts."""

_TOKEN_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Refused:
    """Wrong too often of late; the right password must wait as well."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to log in, already counted."""

    user_id: int | None
    password_hash: str | None = field(repr=False)
    account_key: bytes = field(repr=False)
    network_key: bytes = field(repr=False)

    def is_proven(self, password: str) -> bool:
        """Slow on purpose. Call it with no transaction open."""
        return password_matches(password, self.password_hash)


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Whoever is logged in, in one session."""

    id: int
    session_id: int
    name: str
    role: StaffRole


def begin(session: Session, secret: str, email: str, address: str, now: datetime) -> Attempt | Refused:
    """Count a try for the account and for the network it comes from. Raises InvalidEmail.

    A refusal is returned and not raised: raising it would undo the count.
    """
    account = normalize_email(email)
    account_key = throttle_key(secret, ACCOUNT_LIMIT, account, now)
    network_key = throttle_key(secret, NETWORK_LIMIT, network_of(address), now)
    waits = (
        take_try(session, ACCOUNT_LIMIT, account_key, now),
        take_try(session, NETWORK_LIMIT, network_key, now),
    )
    refused_until = max((wait for wait in waits if wait is not None), default=None)
    if refused_until is not None:
        return Refused(refused_until)
    user = find_staff_user(session, account)
    if user is None or not user.is_active:
        return Attempt(None, None, account_key, network_key)
    return Attempt(user.id, user.password_hash, account_key, network_key)


def finish(
    session: Session, attempt: Attempt, password: str, old_token: str | None, now: datetime
) -> str | None:
    """Open a session for a proven attempt and return its token; the session of `old_token` ends.

    None where the account was closed or its password changed while the password was compared.
    """
    user = session.get_one(StaffUser, attempt.user_id)
    if not user.is_active or user.password_hash != attempt.password_hash:
        return None
    rehash_if_outdated(user, password)
    user.last_login_at = now
    forget_tries(session, attempt.account_key)
    give_back_try(session, attempt.network_key)
    if old_token:
        log_out(session, old_token, now)
    _drop_ended_sessions(session, user.id, now)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    session.add(
        StaffSession(
            token_hash=_hash_of(token),
            staff_user_id=user.id,
            created_at=now,
            confirmed_at=now,
            last_seen_at=now,
            expires_at=now + LASTS_AT_MOST,
        )
    )
    session.flush()
    return token


def begin_again(
    session: Session, secret: str, member: StaffMember, address: str, now: datetime
) -> Attempt | Refused:
    """Count a try of somebody who is logged in to type the password once more, as `begin` does."""
    return begin(session, secret, session.get_one(StaffUser, member.id).email, address, now)


def confirm(session: Session, attempt: Attempt, member: StaffMember, now: datetime) -> bool:
    """Note in the session that the password was typed and proven; False where the account was closed, its
    password changed or the session ended meanwhile."""
    user = session.get_one(StaffUser, member.id, with_for_update=True)
    login = session.get_one(StaffSession, member.session_id, with_for_update=True)
    is_same = attempt.user_id == member.id and attempt.password_hash == user.password_hash
    if not (is_same and user.is_active and login.revoked_at is None):
        return False
    login.confirmed_at = now
    forget_tries(session, attempt.account_key)
    give_back_try(session, attempt.network_key)
    return True


def is_confirmed(session: Session, member: StaffMember, now: datetime) -> bool:
    """Whether the password was typed in this session a moment ago."""
    login = session.get_one(StaffSession, member.session_id)
    if login.revoked_at is not None or login.confirmed_at is None:
        return False
    return now - CONFIRMED_FOR < login.confirmed_at <= now


def find_member(session: Session, token: str, now: datetime) -> tuple[StaffMember, bool] | None:
    """Whose session this is, and whether it is time to call `note_seen`. None where it is over."""
    row = session.execute(
        select(StaffSession, StaffUser)
        .join(StaffUser, StaffUser.id == StaffSession.staff_user_id)
        .where(
            StaffSession.token_hash == _hash_of(token),
            StaffSession.revoked_at.is_(None),
            StaffSession.expires_at > now,
            StaffSession.last_seen_at > now - IDLE_FOR,
            StaffUser.is_active,
        )
    ).first()
    if row is None:
        return None
    login, user = row
    member = StaffMember(user.id, login.id, user.name, user.role)
    return member, login.last_seen_at <= now - SEEN_EVERY


def note_seen(session: Session, member: StaffMember, now: datetime) -> None:
    """Push the idle end of a session further away."""
    session.execute(update(StaffSession).where(StaffSession.id == member.session_id).values(last_seen_at=now))


def log_out(session: Session, token: str, now: datetime) -> None:
    """End a session; a token that opens none is no error."""
    session.execute(
        update(StaffSession)
        .where(StaffSession.token_hash == _hash_of(token), StaffSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def _drop_ended_sessions(session: Session, user_id: int, now: datetime) -> None:
    session.execute(
        delete(StaffSession).where(
            StaffSession.staff_user_id == user_id, StaffSession.expires_at <= now - LASTS_AT_MOST
        )
    )


def _hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
