"""Keep the sums of the reports true: take in what is new, and build them where they were never built."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy import select, update

from donations.domain.errors import DonationError
from donations.models.database import one_connection, reading, writing
from donations.models.rollups import RollupState
from donations.runtime import Runtime
from donations.services import rollups
from donations.services.rollups import Difference, RebuildOverdue, Targets
from donations.services.rollups.refresh import is_rebuilding

log = structlog.get_logger("donations.jobs.refresh_rollups")

MOST_PER_RUN: Final = rollups.MOST_NEWS

Progress = Callable[[str, int, int], None]


class AlreadyRebuilding(DonationError):
    """The sums are being rebuilt by another process."""

    def __init__(self) -> None:
        super().__init__("The sums are being rebuilt already. Try again when that is done.")


def refresh_rollups(runtime: Runtime) -> int:
    """Take in one round of news. Returns how many facts it were."""
    zone = runtime.config.report_timezone
    with reading() as session:
        is_built, is_news = rollups.is_built_for(session, zone), rollups.is_any_news(session)
    if not is_built:
        try:
            rebuild(runtime, _silently)
        except (AlreadyRebuilding, RebuildOverdue) as error:
            log.warning("rollups_not_rebuilt", error=type(error).__name__)
            return 0
        return 1
    if not is_news:
        return 0
    with writing() as session:
        return rollups.refresh(session, zone, runtime.now())


def is_any_due(runtime: Runtime) -> bool:
    """Whether there is anything to take in, or nothing was ever built."""
    with reading() as session:
        if not rollups.is_built_for(session, runtime.config.report_timezone):
            return True
        return rollups.is_any_news(session)


def refresh_all(runtime: Runtime) -> int:
    """Round after round until nothing is new. Returns how many facts it were."""
    total = 0
    while taken := refresh_rollups(runtime):
        total += taken
    return total


def rebuild(runtime: Runtime, progress: Progress) -> None:
    """Build the sums anew and put them in place. Raises AlreadyRebuilding, or RebuildOverdue."""
    claimed_until = _claim(runtime)
    targets = Targets.temporary()
    zone = runtime.config.report_timezone
    try:
        with one_connection() as connection:
            with reading(connection) as session:
                rollups.build(session, targets, zone, progress)
            with writing(connection) as session:
                rollups.put_in_place(session, targets, zone, claimed_until, runtime.now())
    except BaseException:
        with writing() as session:
            ours = update(RollupState).where(RollupState.rebuilding_until == claimed_until)
            session.execute(ours.values(rebuilding_until=None))
        raise
    log.info("rollups_rebuilt")


def differences(runtime: Runtime, progress: Progress) -> tuple[Difference, ...]:
    """What a rebuild would change: nothing, where every fact was taken in once.

    What waits is taken in first.
    """
    refresh_all(runtime)
    targets = Targets.temporary()
    with one_connection() as connection, reading(connection) as session:
        rollups.build(session, targets, runtime.config.report_timezone, progress)
        return rollups.compare(session, targets)


def _claim(runtime: Runtime) -> datetime:
    """Until when nobody else takes anything in."""
    now = runtime.now()
    claimed_until = now + rollups.REBUILD_AT_MOST
    with writing() as session:
        state = session.scalars(select(RollupState).with_for_update()).one()
        if is_rebuilding(state, now):
            raise AlreadyRebuilding
        state.rebuilding_until = claimed_until
    return claimed_until


def _silently(_what: str, _done: int, _of: int) -> None:
    """Nobody watches."""
