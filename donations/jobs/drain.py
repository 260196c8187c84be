"""Look again at every object that has a ticket, until none is due.

For each: lease it, fetch the object with no transaction open, mark its relatives, then apply the
copy in one transaction that begins by finishing the ticket. Whatever goes wrong with one ticket
is noted on it, and the others go on. How many are leased at a time, and when each is fetched, is
`jobs.pace`'s concern.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import Enum, auto
from random import Random
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from config import StripeMode
from donations.domain.errors import DonationError, Mismatch
from donations.gateway.errors import GatewayError, NotFoundAtStripe, RateLimited, StripeUnavailable
from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import Snapshot
from donations.jobs import pace
from donations.models.database import reading, writing
from donations.runtime import Runtime
from donations.services import inbox, tickets
from donations.services.tickets import Ticket
from donations.sync import registry
from donations.sync.outcome import Applied, NotYet, Relative, SyncContext

log = structlog.get_logger("donations.jobs.drain")

MOST_PER_RUN: Final = 500
"""So that one run ends some time and messages are sent between; what is left is found again."""
MOST_SILENT: Final = 3
"""Objects in a row of which Stripe says nothing: each takes more than a minute, and messages wait."""


class Answer(Enum):
    """What Stripe did when it was asked for an object."""

    GIVEN = auto()
    NONE = auto()
    """It was silent, which takes more than a minute."""
    WAIT = auto()
    """It says that we call too often."""


def drain(runtime: Runtime, random: Random, most: int = MOST_PER_RUN, threads: int = 1) -> int:
    """Look at what is due. Returns how many were looked at.

    Several threads help where the database takes several writers. Ends early where we have to wait for
    Stripe, or it is silent; what is left is due and found again.
    """
    looked_at = silent = 0

    def look(ticket: Ticket) -> bool:
        nonlocal silent
        answer = _look(runtime, ticket, random)
        silent = silent + 1 if answer is Answer.NONE else 0
        return answer is not Answer.WAIT and silent < MOST_SILENT

    while looked_at < most:
        batch = pace.lease(runtime, min(pace.MOST_AT_ONCE, most - looked_at))
        if not batch.tickets:
            break
        looked_at += pace.work_through(runtime, batch, look, threads)
        if batch.is_broken_off:
            break
    return looked_at


def is_any_due(runtime: Runtime) -> bool:
    with reading() as session:
        due_at = tickets.next_due_at(session)
    return due_at is not None and due_at <= runtime.now()


def look_again(runtime: Runtime, ticket: Ticket, random: Random) -> Answer:
    """One ticket, whatever comes of it. Raises only where the database cannot even note the failure."""
    try:
        _fetch_and_apply(runtime, ticket)
    except Mismatch as error:
        _set_aside(runtime, ticket, error.reason)
    except NotYet as error:
        _wait_for_parent(runtime, ticket, error, random)
    except RateLimited as error:
        _wait_for_all(runtime, ticket, error, random)
        return Answer.WAIT
    except StripeUnavailable as error:
        _put_off(runtime, ticket, error, random)
        return Answer.GIVEN if error.was_answered else Answer.NONE
    except (DonationError, GatewayError, SQLAlchemyError) as error:
        _put_off(runtime, ticket, error, random)
    except Exception as error:
        # A fault in our own program: this ticket must not keep the others from being looked at.
        log.exception("ticket_fault")
        _put_off(runtime, ticket, error, random)
    return Answer.GIVEN


def _look(runtime: Runtime, ticket: Ticket, random: Random) -> Answer:
    with structlog.contextvars.bound_contextvars(
        kind=ticket.kind.value, stripe_id=ticket.stripe_id, generation=ticket.generation
    ):
        return look_again(runtime, ticket, random)


def _wait_for_all(runtime: Runtime, ticket: Ticket, error: RateLimited, random: Random) -> None:
    """What Stripe asks of one is asked of all: nobody looks at anything until then."""
    with writing() as session:
        tickets.wait(session, ticket, str(error), error.retry_after, runtime.now(), random)
    pace.hold_back(runtime, error.retry_after)
    _log_put_off(ticket, "rate_limited")


def _fetch_and_apply(runtime: Runtime, ticket: Ticket) -> None:
    asked_at = runtime.now()
    try:
        snapshot = runtime.gateway.fetch(ticket.kind, ticket.stripe_id)
    except NotFoundAtStripe:
        if ticket.kind is not ObjectKind.INVOICE:
            raise
        # A draft may be deleted. It never took money, so nothing is left to apply.
        _finish_without(ticket, asked_at, "no longer at Stripe")
        return
    context = _context(runtime, ticket)
    _mark_relatives(context, snapshot)
    applied = _apply(ticket, asked_at, context, snapshot)
    if applied is None:
        log.info("copy_outrun")
        return
    if applied.look_next is not None:
        with writing() as session:
            inbox.mark(session, applied.look_next.kind, applied.look_next.stripe_id, runtime.now())
    log.info("applied", reason=applied.note)


def _context(runtime: Runtime, ticket: Ticket) -> SyncContext:
    return SyncContext(
        now=runtime.now(),
        news_at=ticket.marked_at,
        is_live_expected=runtime.config.stripe_mode is StripeMode.LIVE,
        zone=runtime.config.report_timezone,
        vault=runtime.vault,
    )


def _mark_relatives(context: SyncContext, snapshot: Snapshot) -> None:
    """Before the copy is applied, so that a crash between the two loses no mark; in one order, so
    that two workers which mark the same relatives cannot wait for each other in a circle."""
    registry.refuse_other_mode(context, snapshot)
    with reading() as session:
        found = registry.relatives(session, snapshot)
    if not found:
        return
    with writing() as session:
        for relative in _in_order(found):
            inbox.mark_related(session, relative.kind, relative.stripe_id, context.news_at)


def _apply(ticket: Ticket, asked_at: datetime, context: SyncContext, snapshot: Snapshot) -> Applied | None:
    """None where a fresher copy was applied meanwhile, by another worker."""
    with writing() as session:
        if not tickets.finish(session, ticket, asked_at):
            return None
        applied = registry.apply(session, context, snapshot)
        if applied.note is not None:
            tickets.note(session, ticket, applied.note)
        return applied


def _finish_without(ticket: Ticket, asked_at: datetime, note: str) -> None:
    with writing() as session:
        if tickets.finish(session, ticket, asked_at):
            tickets.note(session, ticket, note)


def _in_order(relatives: Iterable[Relative]) -> list[Relative]:
    return sorted(set(relatives), key=lambda relative: (relative.kind, relative.stripe_id))


def _set_aside(runtime: Runtime, ticket: Ticket, reason: str) -> None:
    with writing() as session:
        tickets.quarantine(session, ticket, reason, runtime.now())
    log.error("quarantined", reason=reason)


def _wait_for_parent(runtime: Runtime, ticket: Ticket, error: NotYet, random: Random) -> None:
    with writing() as session:
        inbox.mark(session, error.parent.kind, error.parent.stripe_id, runtime.now())
    with writing() as session:
        tickets.fail(session, ticket, str(error), runtime.now(), random)
    _log_put_off(ticket, "parent_missing")


def _put_off(runtime: Runtime, ticket: Ticket, error: Exception, random: Random) -> None:
    with writing() as session:
        again_at = tickets.fail(session, ticket, _problem(error), runtime.now(), random)
    if again_at is None:
        log.error("quarantined", reason=_problem(error))
    else:
        _log_put_off(ticket, type(error).__name__)


def _problem(error: Exception) -> str:
    """Our own errors say nothing personal; of others only the class is kept, for they may quote values."""
    if isinstance(error, StripeUnavailable | DonationError):
        return str(error)
    return type(error).__name__


def _log_put_off(ticket: Ticket, reason: str) -> None:
    log.warning("put_off", tries=ticket.tries + 1, reason=reason)
