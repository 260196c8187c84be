"""The audit log as a list, the newest line first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donations.domain.audit import AuditAction
from donations.models import AuditEntry, StaffUser
from donations.reports.paging import PAGE_SIZE, Paged, Place
from donations.reports.words import counted, listed

_ACTIONS: Final[Mapping[str, str]] = {
    AuditAction.EXPORT_SUPPORTERS: "Took supporters with their addresses",
    AuditAction.EXPORT_DONATIONS: "Took donations with addresses",
    AuditAction.ASK_REFUND: "Asked Stripe for a refund",
    AuditAction.ENTER_OFFLINE_GIFT: "Entered an offline gift",
    AuditAction.STORE_RATES: "Stored reference rates",
    AuditAction.SET_GOAL: "Set a goal",
    AuditAction.CHANGE_GOAL: "Changed a goal",
    AuditAction.CLOSE_GOAL: "Closed a goal early",
    AuditAction.REOPEN_GOAL: "Opened a goal again",
    AuditAction.RESTORE_BACKUP: "Put a backup in the place of the database",
}
_FILTER: Final = "filter:"


@dataclass(frozen=True, slots=True)
class AuditRow:
    entry: AuditEntry
    who: str
    action: str
    particulars: tuple[str, ...]


def list_audit(session: Session, asked_page: int) -> Paged[AuditRow]:
    """One page of it."""
    total = session.scalar(select(func.count()).select_from(AuditEntry)) or 0
    place = Place.of(asked_page, total)
    found = session.execute(
        select(AuditEntry, StaffUser.name)
        .outerjoin(StaffUser, StaffUser.id == AuditEntry.staff_user_id)
        .order_by(AuditEntry.number.desc())
        .limit(PAGE_SIZE)
        .offset(place.offset)
    )
    rows = (
        AuditRow(
            entry, name or "On the server", _ACTIONS.get(entry.action, entry.action), _particulars(entry)
        )
        for entry, name in found
    )
    return Paged(tuple(rows), place)


def _particulars(entry: AuditEntry) -> tuple[str, ...]:
    """How much, of what kind, and which filters; what we have no words for, as it was written."""
    details = dict(_details(entry))
    rows, kind = details.pop("rows", None), details.pop("file", None)
    filters = [
        f"{name.removeprefix(_FILTER)} {details.pop(name)}"
        for name in list(details)
        if name.startswith(_FILTER)
    ]
    said = (
        counted(rows, "row") if isinstance(rows, int) else "",
        str(kind).upper() if kind else "",
        f"only {listed(filters)}" if filters else "",
        *(f"{name} {word}" for name, word in details.items()),
    )
    return tuple(each for each in said if each)


def _details(entry: AuditEntry) -> Mapping[str, object]:
    """Nothing for what is no JSON: somebody was at it, which is for the verification to tell."""
    try:
        found: object = json.loads(entry.details)
    except ValueError:
        return {}
    return cast("dict[str, object]", found) if isinstance(found, dict) else {}
