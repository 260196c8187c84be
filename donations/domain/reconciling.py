"""When to compare with Stripe, how far back, and what of it.

Webhooks are lost, and rarely an event is never made at all: so events are listed again, and the objects
themselves too. Each kind of run comes round on its own beat; a run that is due is named by the beat that
it falls due at, so that two workers which find it due open one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from donations.domain.periods import day_bounds, local_day

CALLS_PER_SECOND: Final = 5.0
"""Of all processes together; Stripe allows a hundred, of which readers and webhooks need theirs."""
EVENTS_LAST: Final = timedelta(days=29)
"""Stripe lists events of 30 days."""

_AT_FIRST: Final = timedelta(days=3)
"""For so long Stripe tries to deliver an event."""
_OVERLAP: Final = timedelta(minutes=30)
"""Lists are not quite up to date, and clocks differ."""
_NIGHTLY_BACK: Final = timedelta(days=35)
_NIGHT_BEGINS: Final = timedelta(hours=3)
_QUARTER: Final = timedelta(minutes=15)
_HOUR: Final = timedelta(hours=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class RunKind(StrEnum):
    """Stored, and shown to staff."""

    EVENTS = "events"
    CHECKOUTS = "checkouts"
    NIGHTLY = "nightly"
    ASKED = "asked"
    """By hand, with everything that the others look at."""


class Step(StrEnum):
    """What a run lists, one after the other; at the end our own rows, against the balance."""

    EVENTS = "events"
    SESSIONS = "checkout_sessions"
    PAYMENTS = "payment_intents"
    INVOICES = "invoices"
    SUBSCRIPTIONS = "subscriptions"
    REFUNDS = "refunds"
    DISPUTES = "disputes"
    BALANCE = "balance_transactions"
    BOOK_PAYMENTS = "book_payments"
    BOOK_REFUNDS = "book_refunds"
    BOOK_DISPUTES = "book_disputes"
    BOOK_UNMATCHED = "book_unmatched"


# Parents before their refunds and disputes, and the books when all of them are known.
_NIGHTLY_STEPS: Final = (
    Step.PAYMENTS,
    Step.INVOICES,
    Step.SUBSCRIPTIONS,
    Step.REFUNDS,
    Step.DISPUTES,
    Step.BALANCE,
    Step.BOOK_PAYMENTS,
    Step.BOOK_REFUNDS,
    Step.BOOK_DISPUTES,
    Step.BOOK_UNMATCHED,
)
STEPS: Final[Mapping[RunKind, tuple[Step, ...]]] = {
    RunKind.EVENTS: (Step.EVENTS,),
    RunKind.CHECKOUTS: (Step.SESSIONS,),
    RunKind.NIGHTLY: _NIGHTLY_STEPS,
    RunKind.ASKED: (Step.EVENTS, Step.SESSIONS, *_NIGHTLY_STEPS),
}
BOOKS: Final = frozenset({Step.BOOK_PAYMENTS, Step.BOOK_REFUNDS, Step.BOOK_DISPUTES, Step.BOOK_UNMATCHED})
SCHEDULED: Final = (RunKind.EVENTS, RunKind.CHECKOUTS, RunKind.NIGHTLY)


def step_after(kind: RunKind, step: Step) -> Step | None:
    """What a run goes on with; None once it is through."""
    steps = STEPS[kind]
    following = steps.index(step) + 1
    return steps[following] if following < len(steps) else None


def due_at(kind: RunKind, now: datetime, zone: ZoneInfo) -> datetime:
    """The beat that a run of this kind falls due at now. The night begins at three in `zone`."""
    if kind is RunKind.NIGHTLY:
        # The day on which it was last three o'clock.
        return day_bounds(local_day(now - _NIGHT_BEGINS, zone), zone)[0] + _NIGHT_BEGINS
    beat = _QUARTER if kind is RunKind.EVENTS else _HOUR
    return now - (now - _EPOCH) % beat


def events_since(now: datetime, last_began_at: datetime | None) -> datetime:
    """So far back that windows overlap, whatever was missed between."""
    since = now - _AT_FIRST if last_began_at is None else last_began_at - _OVERLAP
    return max(since, now - EVENTS_LAST)


def nightly_since(now: datetime) -> datetime:
    return now - _NIGHTLY_BACK
