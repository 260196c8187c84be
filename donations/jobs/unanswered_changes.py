"""Make the calls again that got no answer, with the same key: whatever came of the first, there is one
effect. And make those that nobody was there to make, such as after a crash or for a new card."""

from __future__ import annotations

from random import Random
from typing import Final

from donations.jobs.gift_calls import carry_out
from donations.models import GiftChange, Subscription
from donations.models.database import reading, writing
from donations.runtime import Runtime
from donations.services import gift_changes, written_calls

MOST_PER_RUN: Final = 20


def repeat_unanswered(runtime: Runtime, random: Random, most: int = MOST_PER_RUN) -> int:
    """Returns how many calls were made."""
    made = 0
    while made < most and is_any_due(runtime):
        with writing() as session:
            claimed = [
                (gift_changes.call_of(row, session.get_one(Subscription, row.subscription_id)), row.tries)
                for row in written_calls.claim(session, GiftChange, 1, runtime.now())
            ]
        if not claimed:
            break
        call, tries = claimed[0]
        carry_out(runtime, call, tries=tries, random=random)
        made += 1
    return made


def is_any_due(runtime: Runtime) -> bool:
    with reading() as session:
        return written_calls.is_any_due(session, GiftChange, runtime.now())
