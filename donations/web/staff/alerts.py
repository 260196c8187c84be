"""The banner on every page of the staff: what is wrong, for those who may do something about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from donations.domain.alerts import SENTENCES, Cause
from donations.models.database import reading
from donations.runtime import current
from donations.services import alerts
from donations.web.staff.gate import find_member
from donations.web.staff.permissions import Permission, may

log = structlog.get_logger("donations.web.staff.alerts")


@dataclass(frozen=True, slots=True)
class Banner:
    """One alert with the page on which it is dealt with; `endpoint` is None where the reader may not go."""

    sentence: str
    since: datetime | None
    endpoint: str | None
    link_words: str


@dataclass(frozen=True, slots=True)
class _Way:
    """Who is shown it, where it is dealt with, and what that takes."""

    shown_to: Permission
    endpoint: str
    words: str
    takes: Permission


_OPERATIONS: Final = _Way(
    Permission.OPERATIONS, "staff.operations", "See how the work goes on", Permission.OPERATIONS
)
_WAYS: Final = {
    Cause.SET_ASIDE: _Way(Permission.BOOKS, "staff.reconcile", "See what was set aside", Permission.BOOKS),
    Cause.BEHIND: _OPERATIONS,
    Cause.LETTERS: _Way(
        Permission.SUPPORTERS, "staff.operations", "See how the work goes on", Permission.OPERATIONS
    ),
    Cause.NO_WORKER: _OPERATIONS,
    Cause.NOT_COMPARED: _Way(
        Permission.BOOKS, "staff.reconcile", "See the comparison with Stripe", Permission.BOOKS
    ),
}


def standing_alerts() -> tuple[Banner, ...]:
    """What is wrong now and concerns whoever is logged in."""
    member = find_member()
    if member is None:
        return ()
    try:
        with reading() as session:
            found = alerts.list_open(session, current().real_now())
    except SQLAlchemyError as error:
        # The page itself says what it can without a database; this adds nothing to it.
        log.warning("alerts_unknown", error=type(error).__name__)
        return ()
    ways = [(each, _WAYS[each.cause]) for each in found]
    return tuple(
        Banner(
            SENTENCES[each.cause],
            each.since,
            way.endpoint if may(member.role, way.takes) else None,
            way.words,
        )
        for each, way in ways
        if may(member.role, way.shown_to)
    )
