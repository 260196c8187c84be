"""Let a member of staff take addresses away: only just after the password was typed, and written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from donations.domain.audit import AuditAction
from donations.domain.errors import DonationError
from donations.models import AuditEntry
from donations.reports.file_kinds import FileKind
from donations.services import audit, staff_logins
from donations.services.staff_logins import StaffMember


class NotConfirmed(DonationError):
    """The password was not typed, or too long ago."""

    def __init__(self) -> None:
        super().__init__("Type your password once more")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One export, as it is asked for."""

    action: AuditAction
    kind: FileKind
    reason: str
    filters: Mapping[str, str]
    """As understood, never as typed: a name may have been typed there."""
    rows: int


def allow(session: Session, member: StaffMember, wanted: Wanted, now: datetime) -> AuditEntry:
    """Write down who takes what, and why; commit it before the first byte leaves.

    Raises NotConfirmed, or ReasonNotAccepted with a sentence to show.
    """
    reason = audit.accepted_reason(wanted.reason)
    if not staff_logins.is_confirmed(session, member, now):
        raise NotConfirmed
    details: dict[str, str | int | None] = {"file": wanted.kind.value, "rows": wanted.rows}
    return audit.record(
        session,
        wanted.action,
        staff_user_id=member.id,
        reason=reason,
        details=details | {f"filter:{name}": word for name, word in wanted.filters.items()},
        now=now,
    )
