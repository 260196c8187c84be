"""How new the sums are that lists and reports read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.periods import local_day
from donations.models.rollups import RollupNews, RollupState


@dataclass(frozen=True, slots=True)
class Freshness:
    """Up to when facts are taken in; None where the sums were never built."""

    as_of: datetime | None
    is_behind: bool
    """Whether facts wait to be taken in, which is a matter of seconds."""


def freshness_of(session: Session, now: datetime) -> Freshness:
    """Where nothing waits, the sums are those of now, whenever it was that they changed last."""
    state = session.get_one(RollupState, 1)
    is_behind = session.scalar(select(RollupNews.id).limit(1)) is not None
    if not state.zones:
        return Freshness(None, is_behind=True)
    return Freshness(state.refreshed_at if is_behind else now, is_behind)


def books_zone(session: Session, otherwise: ZoneInfo) -> ZoneInfo:
    """The zone of stored days; `otherwise` while nothing was ever built."""
    zones = session.get_one(RollupState, 1).zones
    return ZoneInfo(zones.partition(",")[0]) if zones else otherwise


def day_of_books(session: Session, instant: datetime, otherwise: ZoneInfo) -> date:
    """The day that it was by the books, whichever zone a report is asked in: stored days are theirs."""
    return local_day(instant, books_zone(session, otherwise))
