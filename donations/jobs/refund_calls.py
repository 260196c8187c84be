"""Have Stripe make a refund that was written down, with no transaction open, then note the answer.

Whoever makes the call again looks first whether the refund is there: an answer that was lost, and an
error that Stripe repeats for the same key, may both hide one that was made. Once Stripe may have
forgotten the key, looking is all that is done.
"""

from __future__ import annotations

from random import Random, SystemRandom
from typing import Final

import structlog

from donations.gateway.snapshots import RefundSnapshot
from donations.jobs.written_calls import Refused, Unsettled, ask
from donations.models import RefundRequest
from donations.models.database import reading, writing
from donations.runtime import Runtime
from donations.services import refund_requests, written_calls
from donations.services.refund_requests import Call

log = structlog.get_logger("donations.jobs.refund_calls")

MOST_PER_RUN: Final = 20

_FOUND: Final = "no answer came; found at Stripe"
_NOT_THERE: Final = "no answer came; Stripe has no such refund"


def carry_out(runtime: Runtime, call: Call) -> None:
    """The first try. Never raises what went wrong at Stripe: the request's row says it."""
    _make(runtime, call, 0, SystemRandom())
    runtime.wake()


def repeat_unanswered(runtime: Runtime, random: Random, most: int = MOST_PER_RUN) -> int:
    """Settle what got no answer, and make what nobody was there to make. Returns how many were tried."""
    made = 0
    while made < most and is_any_due(runtime):
        with writing() as session:
            claimed = [
                (refund_requests.call_of(row), row.tries)
                for row in written_calls.claim(session, RefundRequest, 1, runtime.now())
            ]
        if not claimed:
            break
        _settle(runtime, *claimed[0], random)
        made += 1
    return made


def is_any_due(runtime: Runtime) -> bool:
    with reading() as session:
        return written_calls.is_any_due(session, RefundRequest, runtime.now())


def _settle(runtime: Runtime, call: Call, tries: int, random: Random) -> None:
    find = runtime.gateway.find_refund
    found = ask(lambda: find(call.payment_intent_id, call.reference), tries, random)
    if found is None and written_calls.may_be_made(call.created_at, runtime.now()):
        _make(runtime, call, tries, random)
    elif found is None:
        log.warning("refund_lost")
        with writing() as session:
            refund_requests.record_loss(session, call.reference, _NOT_THERE, runtime.now())
    else:
        _record(runtime, call, found, how=_FOUND)


def _make(runtime: Runtime, call: Call, tries: int, random: Random) -> None:
    create = runtime.gateway.create_refund
    _record(runtime, call, ask(lambda: create(call.parameters, call.idempotency_key), tries, random))


def _record(
    runtime: Runtime, call: Call, heard: RefundSnapshot | Refused | Unsettled, how: str | None = None
) -> None:
    now = runtime.now()
    if not isinstance(heard, RefundSnapshot):
        log.warning(
            "refund_unanswered" if isinstance(heard, Unsettled) else "refund_refused", reason=heard.problem
        )
    with writing() as session:
        match heard:
            case RefundSnapshot():
                refund_requests.record_acceptance(session, call.reference, heard.id, now, how=how)
            case Refused():
                refund_requests.record_refusal(session, call.reference, heard.problem, now)
            case Unsettled():
                refund_requests.record_silence(session, call.reference, heard.problem, now + heard.wait)
