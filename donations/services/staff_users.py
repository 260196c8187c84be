"""Who may log in: add a member of staff, give a password."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from donations.domain.errors import DonationError, InvalidName
from donations.domain.supporters import normalize_email, normalize_name
from donations.models import StaffRole, StaffSession, StaffUser

SHORTEST_PASSWORD: Final = 12
LONGEST_PASSWORD: Final = 1024
"""Argon2 hashes any length, but nobody types this much, and hashing it is work that a stranger chooses."""
_FEWEST_CHARACTERS: Final = 5

_hasher: Final = PasswordHasher()


class WeakPassword(DonationError):
    """Too short to withstand guessing, or too long to be typed; the sentence says which."""


class StaffUserExists(DonationError):
    """The address is another member's already."""

    def __init__(self) -> None:
        super().__init__("A member of staff with this email address exists already")


def create_staff_user(
    session: Session, email: str, name: str, role: StaffRole, password: str, now: datetime
) -> StaffUser:
    """Add a member of staff.

    Raises InvalidEmail, InvalidName, WeakPassword or StaffUserExists, each a sentence to show.
    """
    address = normalize_email(email)
    known_as = normalize_name(name)
    if known_as is None:
        raise InvalidName(100)
    if find_staff_user(session, address) is not None:
        raise StaffUserExists
    user = StaffUser(
        email=address,
        name=known_as,
        role=role,
        password_hash=hash_password(password, address),
        is_active=True,
        created_at=now,
    )
    session.add(user)
    session.flush()
    return user


def set_password(session: Session, user: StaffUser, password: str, now: datetime) -> None:
    """Give a new password and close whatever the old one had opened. Raises WeakPassword."""
    user.password_hash = hash_password(password, user.email)
    session.execute(
        update(StaffSession)
        .where(StaffSession.staff_user_id == user.id, StaffSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def find_staff_user(session: Session, email: str) -> StaffUser | None:
    """`email` is normalised already."""
    return session.scalar(select(StaffUser).where(StaffUser.email == email))


def hash_password(password: str, email: str) -> str:
    """The Argon2id hash of a password that may be one. Raises WeakPassword."""
    text = _spelt_one_way(password)
    if len(text) < SHORTEST_PASSWORD:
        raise WeakPassword(f"Use a password of {SHORTEST_PASSWORD} characters or more")
    if len(text) > LONGEST_PASSWORD:
        raise WeakPassword(f"Use a password of {LONGEST_PASSWORD} characters or fewer")
    if len(set(text)) < _FEWEST_CHARACTERS or text.casefold() == email.casefold():
        raise WeakPassword("Use a password that is harder to guess")
    return _hasher.hash(text)


def password_matches(password: str, hashed: str | None) -> bool:
    """Whether this is the password. Takes the same time where there is no account to compare with."""
    text = _spelt_one_way(password)[:LONGEST_PASSWORD]
    try:
        return _hasher.verify(_decoy() if hashed is None else hashed, text) and hashed is not None
    except VerifyMismatchError:
        return False
    except (InvalidHashError, VerificationError):
        return False


def rehash_if_outdated(user: StaffUser, password: str) -> None:
    """Hash again with today's parameters, now that the password is at hand."""
    if _hasher.check_needs_rehash(user.password_hash):
        user.password_hash = _hasher.hash(_spelt_one_way(password))


@cache
def _decoy() -> str:
    return _hasher.hash("no account has this password")


def _spelt_one_way(password: str) -> str:
    """Keyboards spell accents in two ways; both are the same password."""
    return unicodedata.normalize("NFKC", password)
