"""Count tries without knowing who tries.

Who tried is kept as an HMAC under a key that is made from the secret and the day, so that a copy
of the table names neither an address nor a network, and rows of different days cannot be joined.
A try is counted before its outcome is known: counting afterwards would let many at once slip by
while the first is still being checked. A count begins anew at midnight UTC, when the key changes.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from donations.models import Throttle
from donations.models.insert import insert_into

_IPV6_NETWORK_BITS = 64
"""What one household or office is given: a limit for each address would be none."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How many tries a subject has within a window, which begins with the first."""

    scope: str
    tries: int
    window: timedelta


def throttle_key(secret: str, limit: Limit, subject: str, now: datetime) -> bytes:
    """The row of one subject today."""
    day_key = hmac.new(secret.encode(), f"throttle/{now.date().isoformat()}".encode(), hashlib.sha256)
    return hmac.new(day_key.digest(), f"{limit.scope}/{subject}".encode(), hashlib.sha256).digest()


def take_try(session: Session, limit: Limit, key: bytes, now: datetime) -> datetime | None:
    """Count one try. None where it is within the limit, else when tries are taken again."""
    session.execute(delete(Throttle).where(Throttle.window_ends_at <= now))
    row = {"key": key, "window_ends_at": now + limit.window, "tries": 1}
    counted = session.execute(
        insert_into(session, Throttle)
        .values(row)
        .on_conflict_do_update(index_elements=[Throttle.key], set_={"tries": Throttle.tries + 1})
        .returning(Throttle.tries, Throttle.window_ends_at)
    ).one()
    return None if counted.tries <= limit.tries else counted.window_ends_at


def forget_tries(session: Session, key: bytes) -> None:
    """Begin anew, for whoever has shown who they are."""
    session.execute(delete(Throttle).where(Throttle.key == key))


def give_back_try(session: Session, key: bytes) -> None:
    """Take one try off again: it did no harm, but says nothing of the others of its network."""
    tries = session.scalar(select(Throttle.tries).where(Throttle.key == key).with_for_update())
    if tries is not None and tries > 1:
        session.execute(update(Throttle).where(Throttle.key == key).values(tries=Throttle.tries - 1))
    elif tries is not None:
        forget_tries(session, key)


def network_of(address: str) -> str:
    """What stands for one line to the internet: an IPv4 address, the /64 of an IPv6 one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 4:
        return str(parsed)
    return str(ip_network((parsed, _IPV6_NETWORK_BITS), strict=False))
