"""Look at Stripe's objects no faster than it allows, all workers together.

Tickets are leased some at a time, and the moments of all their calls are taken from the shared budget in the
same transaction, so the budget costs no transaction a ticket. Each ticket is then looked at in its moment.
What is not looked at because Stripe asked us to wait, or because the lease is nearly over, is given back.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import accumulate
from typing import Final

from flask import current_app

from donations.gateway.kinds import calls_to_fetch
from donations.models.database import asking, writing
from donations.runtime import Runtime
from donations.services import call_budget, tickets
from donations.services.tickets import LEASE, Ticket

SCOPE: Final = "stripe"
MOST_AT_ONCE: Final = 16
_LONGEST_WAIT: Final = timedelta(seconds=1)
"""Nothing is leased while the next call is further away: there is other work to do meanwhile."""
_SAFELY_HELD_S: Final = LEASE.total_seconds() / 2
_UNLESS_TOLD: Final = 1.0
"""Seconds to wait where Stripe does not say how long."""


@dataclass
class Batch:
    """Tickets that this worker has leased, and from when on each may be fetched."""

    tickets: list[Ticket]
    starts_at: list[float] = field(default_factory=list[float])
    """By the monotonic clock, in seconds."""
    leased_at: float = field(default_factory=time.monotonic)
    is_broken_off: bool = False


def lease(runtime: Runtime, most: int) -> Batch:
    """What is due, with the moments of its calls; nothing where there is a wait for the next call."""
    per_second = runtime.config.stripe_calls_per_second
    now = runtime.real_now()
    with writing() as session:
        if call_budget.backlog(session, SCOPE, now) > _LONGEST_WAIT:
            return Batch([])
        claimed = tickets.claim_due(session, min(most, max(1, per_second // 2)), runtime.now())
        calls = [calls_to_fetch(ticket.kind) for ticket in claimed]
        wait = (
            call_budget.reserve(session, SCOPE, sum(calls), per_second, now).total_seconds()
            if claimed
            else 0.0
        )
    batch = Batch(claimed)
    before = accumulate(calls, initial=0)
    batch.starts_at = [
        batch.leased_at + wait + taken / per_second for taken, _ in zip(before, calls, strict=False)
    ]
    return batch


def work_through(runtime: Runtime, batch: Batch, look: Callable[[Ticket], bool], threads: int) -> int:
    """`look` at each in its moment; False from it breaks the batch off. Returns how many were looked at."""
    app = current_app._get_current_object()  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType, reportPrivateUsage]

    def look_in_context(number: int) -> bool:
        with app.app_context():
            return _look_in_time(runtime, batch, number, look)

    numbers = range(len(batch.tickets))
    if threads == 1 or len(numbers) == 1:
        were_looked_at = [_look_in_time(runtime, batch, number, look) for number in numbers]
    else:
        with ThreadPoolExecutor(threads) as pool:
            were_looked_at = list(pool.map(look_in_context, numbers))
    left = [ticket for ticket, was in zip(batch.tickets, were_looked_at, strict=True) if not was]
    if left:
        with writing() as session:
            tickets.give_back(session, left, runtime.now())
    return len(batch.tickets) - len(left)


def hold_back(runtime: Runtime, retry_after: float | None) -> None:
    """Stripe says that we call too often: let no worker call until then."""
    with writing() as session:
        call_budget.hold_back(session, SCOPE, retry_after or _UNLESS_TOLD, runtime.real_now())


def _look_in_time(runtime: Runtime, batch: Batch, number: int, look: Callable[[Ticket], bool]) -> bool:
    """Whether it was looked at, or needs no look any more."""
    if batch.is_broken_off or time.monotonic() - batch.leased_at > _SAFELY_HELD_S:
        return False
    wait = batch.starts_at[number] - time.monotonic()
    if wait > 0:
        runtime.pause(wait)
    ticket = batch.tickets[number]
    if number > 0:
        with asking() as connection:
            fresh = tickets.read_again(connection, ticket)
        if fresh is None:
            return True
        ticket = fresh
    if not look(ticket):
        batch.is_broken_off = True
    return True
