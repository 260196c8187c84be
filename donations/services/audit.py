"""Write down what staff did with people's data and the books, and check that nothing was changed since."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donations.domain.audit import NOTHING_BEFORE, AuditAction, AuditLine, hash_of, written
from donations.domain.errors import DonationError
from donations.models import AuditEntry, AuditHead

SHORTEST_REASON: Final = 10
LONGEST_REASON: Final = 300
_AT_ONCE: Final = 1_000
_ADDRESS: Final = re.compile(r"\S@\S")


class ReasonNotAccepted(DonationError):
    """Too short, too long, or naming somebody; the sentence says which."""


@dataclass(frozen=True, slots=True)
class Verified:
    """How far the log was checked, and what is wrong up to there."""

    number: int
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """Where the log ends. Noted down elsewhere, it shows whether what came before was written anew."""

    number: int
    hash: bytes

    @classmethod
    def read(cls, text: str) -> Head:
        """`12:6f1c…`, as it is written. Raises ValueError."""
        number, _, digits = text.strip().partition(":")
        head = cls(int(number), bytes.fromhex(digits))
        if head.number < 0 or len(head.hash) != len(NOTHING_BEFORE):
            raise ValueError("not a number and a hash")
        return head

    def __str__(self) -> str:
        return f"{self.number}:{self.hash.hex()}"


def accepted_reason(text: str) -> str:
    """The reason as it is kept. Raises ReasonNotAccepted.

    It is kept for good, also when the person whom it named has long been erased.
    """
    reason = " ".join("".join(each for each in text if each.isprintable() or each.isspace()).split())
    if len(reason) < SHORTEST_REASON:
        raise ReasonNotAccepted(f"Say in {SHORTEST_REASON} characters or more what it is for")
    if len(reason) > LONGEST_REASON:
        raise ReasonNotAccepted(f"Say in {LONGEST_REASON} characters or fewer what it is for")
    if _ADDRESS.search(reason):
        raise ReasonNotAccepted("Give the reason without an email address: it is kept for good")
    return reason


def record(
    session: Session,
    action: AuditAction,
    *,
    staff_user_id: int | None,
    reason: str | None,
    details: Mapping[str, str | int | None],
    now: datetime,
) -> AuditEntry:
    """Add one line, in the transaction of what it tells of. Those who add at once wait for each other."""
    head = session.scalars(
        select(AuditHead).with_for_update().execution_options(populate_existing=True)
    ).one()
    line = AuditLine(
        number=head.number + 1,
        happened_at=now,
        staff_user_id=staff_user_id,
        action=action.value,
        reason=reason,
        details=written(details),
        previous_hash=head.hash,
    )
    entry = AuditEntry(
        number=line.number,
        happened_at=line.happened_at,
        staff_user_id=line.staff_user_id,
        action=line.action,
        reason=line.reason,
        details=line.details,
        previous_hash=line.previous_hash,
        hash=hash_of(line),
    )
    session.add(entry)
    head.number, head.hash = entry.number, entry.hash
    session.flush()
    return entry


def head_of(session: Session) -> Head | None:
    """None where even that row is gone, which no part of this program does."""
    row = session.execute(select(AuditHead.number, AuditHead.hash)).one_or_none()
    return None if row is None else Head(row.number, row.hash)


def count_lines(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def verify(session: Session, noted: tuple[Head, ...] = ()) -> Iterator[Verified]:
    """Go through the whole log, and say from time to time how far. `noted` are ends of it from before.

    What is wrong at a line is said once: the lines after it are compared with it as it stands. Lines that
    are added meanwhile disturb nothing: the end is read before the lines, and once more after them.
    """
    first_head = head_of(session)
    ends = (*noted, *([first_head] if first_head else ()))
    previous, number = NOTHING_BEFORE, 0
    by_number = select(AuditEntry).order_by(AuditEntry.number).execution_options(yield_per=_AT_ONCE)
    for entries in session.scalars(by_number).partitions():
        problems: list[str] = []
        for entry in entries:
            problems += _problems_of(entry, number, previous, ends)
            previous, number = entry.hash, entry.number
        yield Verified(number, tuple(problems))
    yield Verified(number, tuple(_problems_of_end(ends, head_of(session), number)))


def _problems_of(entry: AuditEntry, before: int, previous: bytes, ends: tuple[Head, ...]) -> Iterator[str]:
    if entry.number == before + 2:
        yield f"Line {before + 1} is missing."
    elif entry.number != before + 1:
        yield f"Lines {before + 1} to {entry.number - 1} are missing."
    elif entry.previous_hash != previous:
        yield f"Line {entry.number} does not follow on line {before}: one of them was changed or moved."
    if hash_of(_line_of(entry)) != entry.hash:
        yield f"Line {entry.number} is not what was written."
    if any(end.number == entry.number and end.hash != entry.hash for end in ends):
        yield f"Line {entry.number} is not the one that the log ended with once."


def _problems_of_end(ends: tuple[Head, ...], head: Head | None, number: int) -> Iterator[str]:
    once = max((end.number for end in ends), default=0)
    if once > number:
        yield f"The log ended with line {once} once; now it ends with line {number}."
    if head is None:
        yield "The note of where the log ends is gone."
    elif head.number < number:
        yield f"Lines after line {head.number} were added by something else than this program."


def _line_of(entry: AuditEntry) -> AuditLine:
    return AuditLine(
        number=entry.number,
        happened_at=entry.happened_at,
        staff_user_id=entry.staff_user_id,
        action=entry.action,
        reason=entry.reason,
        details=entry.details,
        previous_hash=entry.previous_hash,
    )
