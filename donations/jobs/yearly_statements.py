"""In January, order last year's statement for everybody who gave in it: once each, some at a time."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import String, cast, exists, select

from donations.domain.periods import local_day
from donations.models import Donation, OutboxMessage, Supporter
from donations.models.database import reading, writing
from donations.runtime import Runtime
from donations.services import outbox

KIND: Final = "yearly_statement"
FIRST_DAY: Final = 5
"""Of January. By then what was charged at the very end of the year is known."""
_JANUARY: Final = 1
_MOST: Final = 500


def order_statements(runtime: Runtime) -> int:
    """Returns how many were ordered. Outside January it asks the database nothing."""
    now = runtime.now()
    today = local_day(now, runtime.config.report_timezone)
    if today.month != _JANUARY or today.day < FIRST_DAY:
        return 0
    year = today.year - 1
    found = _without_statement(year)
    if not found:
        return 0
    with writing() as session:
        for supporter_id in found:
            outbox.add(session, KIND, _cause(supporter_id, year), supporter_id, now, details={"year": year})
    return len(found)


def _without_statement(year: int) -> list[int]:
    gave = exists().where(
        Donation.supporter_id == Supporter.id,
        Donation.charged_on.between(date(year, 1, 1), date(year, 12, 31)),
    )
    cause = cast(Supporter.id, String) + f":{year}"
    has_statement = exists().where(OutboxMessage.kind == KIND, OutboxMessage.cause == cause)
    statement = (
        select(Supporter.id)
        .where(Supporter.erased_at.is_(None), gave, ~has_statement)
        .order_by(Supporter.id)
        .limit(_MOST)
    )
    with reading() as session:
        return list(session.scalars(statement))


def _cause(supporter_id: int, year: int) -> str:
    return f"{supporter_id}:{year}"
