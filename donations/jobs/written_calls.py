"""Make a call to Stripe that was written down, and say what its answer settles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Final, TypeVar

from donations.gateway.errors import GatewayError, RateLimited, StripeRefused, StripeUnavailable
from donations.services.tickets import backoff
from donations.services.written_calls import LONGEST_WAIT

_AT_LEAST: Final = timedelta(minutes=1)
_LOCKED: Final = 409
_MOST_DIFFERENT: Final = 10

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Refused:
    """Stripe would not, and would not if it were asked again."""

    problem: str


@dataclass(frozen=True, slots=True)
class Unsettled:
    """Whether it took effect is not known. Where `is_repeated`, Stripe answers the same key with this error
    for as long as it knows the key, so only looking there tells."""

    problem: str
    wait: timedelta
    is_repeated: bool = False


def ask(call: Callable[[], T], tries: int, random: Random) -> T | Refused | Unsettled:
    """Never raises what went wrong at Stripe. `tries` is how often it was unsettled before."""
    try:
        return call()
    except StripeRefused as problem:
        return Refused(str(problem))
    except StripeUnavailable as problem:
        # A call that came too often, or while the same one was being made, was not taken at all.
        is_untaken = isinstance(problem, RateLimited) or problem.status == _LOCKED
        wait = max(timedelta(seconds=problem.retry_after or 0), _wait(tries, random))
        return Unsettled(str(problem), wait, is_repeated=problem.was_answered and not is_untaken)
    except GatewayError as problem:
        return Unsettled(str(problem), _wait(tries, random))


def _wait(tries: int, random: Random) -> timedelta:
    # Only the first few differ, and the longest must still be a time that can be reckoned.
    return max(_AT_LEAST, min(backoff(min(tries, _MOST_DIFFERENT) + 1, random), LONGEST_WAIT))
