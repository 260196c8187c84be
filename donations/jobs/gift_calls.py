"""Carry a change out that was written down: call Stripe with no transaction open, then note the answer."""

from __future__ import annotations

from datetime import timedelta
from random import Random, SystemRandom
from typing import Final

import structlog

from donations.gateway.errors import GatewayError, RateLimited, StripeRefused, StripeUnavailable
from donations.models.database import writing
from donations.runtime import Runtime
from donations.services import gift_calls, gift_changes
from donations.services.gift_changes import Call
from donations.services.tickets import backoff

log = structlog.get_logger("donations.jobs.gift_calls")

_AT_LEAST: Final = timedelta(minutes=1)


def carry_out(runtime: Runtime, call: Call, *, tries: int = 0, random: Random | None = None) -> None:
    """Never raises what went wrong at Stripe: the change's row says it."""
    try:
        gift_calls.make(runtime.gateway, call)
    except StripeRefused as problem:
        _record_refusal(runtime, call, str(problem))
    except StripeUnavailable as problem:
        # Stripe repeats an error that it has answered for as long as it knows the key. A call that
        # it did not take at all, and one without an answer, may be made again.
        if problem.was_answered and not isinstance(problem, RateLimited):
            _record_refusal(runtime, call, str(problem))
        else:
            wait = timedelta(seconds=problem.retry_after or 0)
            _record_silence(runtime, call, max(wait, _AT_LEAST, backoff(tries + 1, random or SystemRandom())))
    except GatewayError as problem:
        log.warning("change_not_understood", kind=call.kind.value, reason=str(problem))
        _record_silence(runtime, call, _AT_LEAST)
    else:
        with writing() as session:
            gift_changes.record_acceptance(session, call.reference, runtime.now())
    runtime.wake()


def _record_refusal(runtime: Runtime, call: Call, problem: str) -> None:
    log.warning("change_refused", kind=call.kind.value, reason=problem)
    with writing() as session:
        gift_changes.record_refusal(session, call.reference, problem, runtime.now())


def _record_silence(runtime: Runtime, call: Call, wait: timedelta) -> None:
    log.warning("change_unanswered", kind=call.kind.value)
    now = runtime.now()
    with writing() as session:
        gift_changes.record_silence(session, call.reference, now + wait, now)
