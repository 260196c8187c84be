"""Carry a change out that was written down: call Stripe with no transaction open, then note the answer.

Where no answer can be had any more, the gift is fetched and compared with what was wanted of it.
"""

from __future__ import annotations

from random import Random, SystemRandom

import structlog

from donations.jobs.written_calls import Refused, Unsettled, ask
from donations.models.database import writing
from donations.runtime import Runtime
from donations.services import gift_calls, gift_changes
from donations.services.gift_changes import Call
from donations.services.written_calls import may_be_made

log = structlog.get_logger("donations.jobs.gift_calls")

_IN_PLACE = "no answer came; looked at Stripe, and it is as wanted"
_NOT_IN_PLACE = "no answer came; looked at Stripe, and it is not as wanted"


def carry_out(runtime: Runtime, call: Call, *, tries: int = 0, random: Random | None = None) -> None:
    """Never raises what went wrong at Stripe: the change's row says it."""
    dice = random or SystemRandom()
    if may_be_made(call.created_at, runtime.now()):
        _make(runtime, call, tries, dice)
    else:
        _look(runtime, call, None, tries, dice)
    runtime.wake()


def _make(runtime: Runtime, call: Call, tries: int, random: Random) -> None:
    heard = ask(lambda: gift_calls.make(runtime.gateway, call), tries, random)
    if isinstance(heard, Refused):
        _record_refusal(runtime, call, heard.problem)
    elif not isinstance(heard, Unsettled):
        with writing() as session:
            gift_changes.record_acceptance(session, call.reference, runtime.now())
    elif heard.is_repeated:
        _look(runtime, call, heard.problem, tries, random)
    else:
        _record_silence(runtime, call, heard)


def _look(runtime: Runtime, call: Call, refusal: str | None, tries: int, random: Random) -> None:
    """See at Stripe what came of it. `refusal` is the error that Stripe answers, where it answers."""
    found = ask(lambda: gift_calls.is_in_place(runtime.gateway, call), tries, random)
    if isinstance(found, Unsettled):
        _record_silence(runtime, call, found)
    elif found is True:
        with writing() as session:
            gift_changes.record_acceptance(session, call.reference, runtime.now(), how=_IN_PLACE)
    elif refusal is not None:
        _record_refusal(runtime, call, refusal)
    else:
        log.warning("change_lost", kind=call.kind.value)
        with writing() as session:
            gift_changes.record_loss(session, call.reference, _NOT_IN_PLACE, runtime.now())


def _record_refusal(runtime: Runtime, call: Call, problem: str) -> None:
    log.warning("change_refused", kind=call.kind.value, reason=problem)
    with writing() as session:
        gift_changes.record_refusal(session, call.reference, problem, runtime.now())


def _record_silence(runtime: Runtime, call: Call, heard: Unsettled) -> None:
    log.warning("change_unanswered", kind=call.kind.value, reason=heard.problem)
    with writing() as session:
        gift_changes.record_silence(session, call.reference, heard.problem, runtime.now() + heard.wait)
