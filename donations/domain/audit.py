"""What staff did with people's data and with the books, as lines that hold on to each other.

Each line's hash covers what it says and the hash of the line before. So no line can be changed,
taken out or moved without every later one having to be written anew, and a copy of the last hash,
kept elsewhere, shows also that.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

NOTHING_BEFORE: Final = bytes(32)
"""What the first line has for the hash of the one before."""


class AuditAction(StrEnum):
    """Stored, and shown in the log."""

    EXPORT_SUPPORTERS = "export_supporters"
    EXPORT_DONATIONS = "export_donations"
    ASK_REFUND = "ask_refund"
    ENTER_OFFLINE_GIFT = "enter_offline_gift"
    STORE_RATES = "store_rates"
    SET_GOAL = "set_goal"
    CHANGE_GOAL = "change_goal"
    CLOSE_GOAL = "close_goal"
    REOPEN_GOAL = "reopen_goal"
    RESTORE_BACKUP = "restore_backup"


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line. Nothing in it is about a supporter: who of the staff, what, why, how many.

    `details` is text as it was written down (see `written`), so that it is compared to the letter.
    """

    number: int
    """Counted from 1, without a gap."""
    happened_at: datetime
    staff_user_id: int | None
    """None for what was done on the server."""
    action: str
    reason: str | None
    details: str
    previous_hash: bytes = field(repr=False)


def written(details: Mapping[str, str | int | None]) -> str:
    """The one way to write these details."""
    return json.dumps(details, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def hash_of(line: AuditLine) -> bytes:
    """SHA-256 over the line as canonical JSON, the hash of the line before included."""
    content: dict[str, str | int | None] = {
        "number": line.number,
        "happened_at": line.happened_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "staff_user_id": line.staff_user_id,
        "action": line.action,
        "reason": line.reason,
        "details": line.details,
        "previous_hash": line.previous_hash.hex(),
    }
    return hashlib.sha256(written(content).encode("utf-8", "surrogatepass")).digest()
