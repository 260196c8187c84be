"""Compare with Stripe, so that what was never told is found: see `domain.reconciling` for when and what.

Any number of workers may do this. Which run is due is decided from its rows, a run belongs to nobody
between two pages, and all processes share one rate of calls. Between two pages it is asked whether a
ticket is due, and then the run waits: readers come first.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from donations.domain.checkouts import CheckoutStatus
from donations.domain.errors import DonationError
from donations.domain.reconciling import (
    BOOKS,
    CALLS_PER_SECOND,
    SCHEDULED,
    RunKind,
    due_at,
    events_since,
    nightly_since,
)
from donations.gateway.errors import NotFoundAtStripe, StripeUnavailable
from donations.jobs import drain, reconcile_pages
from donations.models import Checkout
from donations.models.database import reading, writing
from donations.runtime import Runtime, system_clock
from donations.services import call_budget, reconcile_runs
from donations.services.reconcile_runs import Overtaken, Place

log = structlog.get_logger("donations.jobs.reconcile")

MOST_PER_RUN: Final = 20
"""Pages, so that one run of the worker ends some time; what is left is found again."""
SCOPE: Final = "reconcile"
_GOING: Final = (CheckoutStatus.OPENING, CheckoutStatus.OPEN, CheckoutStatus.PROCESSING)
_LONGEST_CHECKOUT: Final = timedelta(hours=25)
"""A session may be open for a day."""
_CLOCKS_DIFFER_BY: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Pace:
    """So many calls a second, all processes together, by real time."""

    per_second: float = CALLS_PER_SECOND
    clock: Callable[[], datetime] = system_clock
    sleep: Callable[[float], None] = time.sleep

    def wait(self) -> None:
        """Until the next call may be made."""
        with writing() as session:
            wait = call_budget.reserve(session, SCOPE, 1, self.per_second, self.clock())
        if wait:
            self.sleep(wait.total_seconds())


def open_due(runtime: Runtime) -> int:
    """Open the runs that fell due. Returns how many."""
    opened = 0
    for kind in SCHEDULED:
        now = runtime.now()
        beat = due_at(kind, now, runtime.config.report_timezone)
        with reading() as session:
            if reconcile_runs.was_opened(session, kind, beat):
                continue
            since = _since(session, kind, now)
        with writing() as session:
            opened += reconcile_runs.open_due(session, kind, beat, since, now)
            if kind is RunKind.NIGHTLY:
                reconcile_runs.purge(session, now)
    return opened


def ask(runtime: Runtime, since: datetime) -> int:
    """Open a run of everything since then, which any process may carry on. Returns its number."""
    with writing() as session:
        return reconcile_runs.ask(session, since, runtime.now())


def is_any_due(runtime: Runtime) -> bool:
    with reading() as session:
        return reconcile_runs.is_any_free(session, runtime.now())


def carry_on(runtime: Runtime, pace: Pace, random: Random, most: int = MOST_PER_RUN) -> int:
    """Make the next pages, until a ticket is due. Returns how many."""
    made = 0
    while made < most and is_any_due(runtime):
        if not make_page(runtime, pace, random):
            break
        made += 1
        if drain.is_any_due(runtime):
            break
    return made


def make_page(runtime: Runtime, pace: Pace, random: Random, run_id: int | None = None) -> bool:
    """The next page of the run that waits longest, or of this one; False where none is free.

    Raises only where the database cannot even note what went wrong.
    """
    with writing() as session:
        place = reconcile_runs.claim(session, runtime.now(), run_id)
    if place is None:
        return False
    try:
        _make(runtime, pace, random, place)
    except Overtaken:
        log.info("page_overtaken", kind=place.kind, count=place.pages)
    return True


def _make(runtime: Runtime, pace: Pace, random: Random, place: Place) -> None:
    try:
        if place.step not in BOOKS:
            pace.wait()
        page = reconcile_pages.read(runtime, place)
        reconcile_pages.keep(runtime, place, page)
    except Overtaken:
        raise
    except NotFoundAtStripe as error:
        with writing() as session:
            reconcile_runs.begin_step_again(session, place, str(error), runtime.now())
    except (DonationError, SQLAlchemyError) as error:
        _put_off(runtime, place, error, random)
    except Exception as error:
        # A fault in our own program: it must not keep tickets from being looked at.
        log.exception("reconcile_fault", kind=place.kind)
        _put_off(runtime, place, error, random)
    else:
        log.info("page_compared", kind=place.kind, count=page.found.listed)


def _put_off(runtime: Runtime, place: Place, error: Exception, random: Random) -> None:
    """Our own errors say nothing personal; of others only the class is kept."""
    problem = str(error) if isinstance(error, DonationError) else type(error).__name__
    seconds = error.retry_after if isinstance(error, StripeUnavailable) else None
    with writing() as session:
        reconcile_runs.put_off(session, place, problem, seconds, runtime.now(), random)
    log.warning("reconcile_put_off", kind=place.kind, reason=problem, tries=place.tries + 1)


def _since(session: Session, kind: RunKind, now: datetime) -> datetime:
    if kind is RunKind.EVENTS:
        return events_since(now, reconcile_runs.last_began_at(session, kind))
    if kind is RunKind.NIGHTLY:
        return nightly_since(now)
    oldest = session.scalar(
        select(func.min(Checkout.created_at)).where(
            Checkout.status.in_(_GOING), Checkout.created_at > now - _LONGEST_CHECKOUT
        )
    )
    return (oldest or now) - _CLOCKS_DIFFER_BY
