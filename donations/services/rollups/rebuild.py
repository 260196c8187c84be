"""Build all sums anew beside the old ones, then put them in their place or say where they differ.

The building is one long look at the data, which keeps nobody from writing; only the exchange at the end
is a write. Facts that came in between keep their news, and are taken in afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Column, MetaData, Table, delete, func, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateTable

from donations.domain.errors import DonationError
from donations.models.base import BigId
from donations.models.insert import table_of
from donations.models.rollups import RollupNews, RollupState
from donations.services.rollups import gifts, supporters
from donations.services.rollups.refresh import BY_ZONE, named
from donations.services.rollups.target import Facts, Targets, fill, zones_of

REBUILD_AT_MOST: Final = timedelta(hours=2)
"""For how long nothing is taken in meanwhile; one that broke off does not stop it for longer."""

_SEEN: Final = Table(
    "new_rollup_news", MetaData(), Column("id", BigId, primary_key=True), prefixes=["TEMPORARY"]
)

_KEYS_OF_DETAILS: Final = frozenset({"supporter_id", "subscription_id"})


class RebuildOverdue(DonationError):
    """Building took longer than others wait for it, and what they took in meanwhile is not in it."""

    def __init__(self) -> None:
        super().__init__("Rebuilding took too long, and the sums were left as they are.")


Progress = Callable[[str, int, int], None]
"""What is done now, how many steps are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A table that is not what the rows say."""

    table: str
    missing: int
    """Lines that should be there, with these sums, and are not."""
    wrong: int
    """Lines that are there and should not be."""


def build(session: Session, targets: Targets, report_zone: ZoneInfo, progress: Progress) -> None:
    """Fill temporary tables from the rows, within the look at the data that `session` is."""
    targets.create(session)
    session.execute(CreateTable(_SEEN))
    fill(session, _SEEN, select(RollupNews.id.label("id")))
    steps = _steps(session, targets, report_zone)
    for done, (name, step) in enumerate(steps):
        progress(name, done, len(steps))
        step()
    progress("done", len(steps), len(steps))


def put_in_place(
    session: Session, targets: Targets, report_zone: ZoneInfo, claimed_until: datetime, now: datetime
) -> None:
    """Exchange the sums for those that were built, and forget the news that are in them.

    Raises RebuildOverdue where the claim has run out: news that others took in since would be lost.
    """
    state = session.scalars(select(RollupState).where(RollupState.id == 1).with_for_update()).one()
    if state.rebuilding_until != claimed_until or claimed_until <= now:
        raise RebuildOverdue
    for model, built in targets.tables.items():
        table = Targets.themselves()[model]
        session.execute(delete(table))
        fill(session, table, select(built))
    # Of the table, not of the model: whose deletion would bring home every id, of millions.
    news = table_of(RollupNews)
    session.execute(delete(news).where(news.c.id.in_(select(_SEEN.c.id))))
    state.zones = named(zones_of(report_zone))
    state.refreshed_at = now
    state.rebuilding_until = None


def compare(session: Session, targets: Targets) -> tuple[Difference, ...]:
    """Where the sums differ from those that were built; nothing where each line is the same.

    Lines whose sums are all nothing say nothing.
    """
    found: list[Difference] = []
    for model, built in targets.tables.items():
        table = Targets.themselves()[model]
        missing, wrong = _only_in(session, built, table), _only_in(session, table, built)
        if missing or wrong:
            found.append(Difference(table.name, missing, wrong))
    return tuple(found)


def _only_in(session: Session, one: Table, other: Table) -> int:
    only = _telling(one).except_(_telling(other)).subquery()
    return session.scalar(select(func.count()).select_from(only)) or 0


def _telling(table: Table) -> Facts:
    rows = select(table)
    if any(key.name in _KEYS_OF_DETAILS for key in table.primary_key):
        return rows
    return rows.where(or_(*(column != 0 for column in table.columns if not column.primary_key)))


def _steps(session: Session, targets: Targets, report_zone: ZoneInfo) -> list[tuple[str, Callable[[], None]]]:
    steps: list[tuple[str, Callable[[], None]]] = [
        (f"{take_in.__name__.replace('_', ' ')}, {zone.key}", partial(take_in, session, targets, zone, None))
        for zone in zones_of(report_zone)
        for _, take_in in BY_ZONE
    ]
    steps.append(("renew gifts", partial(gifts.renew_gifts, session, targets, report_zone, None)))
    steps.append(("renew supporters", partial(supporters.renew_supporters, session, targets, None)))
    return steps
