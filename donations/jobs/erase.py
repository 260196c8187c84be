"""Carry out erasures: lease, have Stripe forget with no transaction open, wipe, note.

A crash anywhere lets the lease run out, and all of it is done again, which does no harm.
"""

from __future__ import annotations

from random import Random
from typing import Final

import structlog

from donations.domain.errors import DonationError
from donations.models.database import empty_log, reading, writing
from donations.runtime import Runtime
from donations.services import erasures
from donations.services.erasures import Claimed

log = structlog.get_logger("donations.jobs.erase")

MOST_PER_RUN: Final = 50


def run_erasures(runtime: Runtime, random: Random, most: int = MOST_PER_RUN) -> int:
    """Forget those who are due. Returns how many were tried."""
    tried = 0
    while tried < most:
        with writing() as session:
            claimed = erasures.claim_due(session, 1, runtime.now())
        if not claimed:
            break
        erase(runtime, claimed[0], random)
        tried += 1
    return tried


def is_any_due(runtime: Runtime) -> bool:
    with reading() as session:
        return erasures.is_any_due(session, runtime.now())


def erase(runtime: Runtime, claimed: Claimed, random: Random) -> bool:
    """One supporter; whether nothing is left of them. What goes wrong is noted, and tried again."""
    try:
        is_done = _erase(runtime, claimed)
    except DonationError as error:
        _put_off(runtime, claimed, str(error), random)
        return False
    except Exception as error:
        # A fault with one must not keep the others from being forgotten.
        log.exception("erasure_fault")
        _put_off(runtime, claimed, type(error).__name__, random)
        return False
    log.info("erased" if is_done else "erasure_waits_for_readers")
    return is_done


def _erase(runtime: Runtime, claimed: Claimed) -> bool:
    with reading() as session:
        customers = erasures.customers_of(session, claimed.supporter_id)
    for stripe_id in customers:
        runtime.gateway.delete_customer(stripe_id)
    with writing() as session:
        erasures.have_ends_looked_at(session, claimed.supporter_id, runtime.now())
    with writing() as session:
        erasures.wipe(session, claimed.supporter_id, runtime.now())
    if not empty_log():
        return False
    with writing() as session:
        erasures.finish(session, claimed, runtime.now())
    return True


def _put_off(runtime: Runtime, claimed: Claimed, problem: str, random: Random) -> None:
    with writing() as session:
        erasures.fail(session, claimed, problem, runtime.now(), random)
    log.warning("erasure_put_off", reason=problem, tries=claimed.tries + 1)
