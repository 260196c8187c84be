"""How a recurring gift stands, in the terms of whoever gives it."""

from __future__ import annotations

from enum import StrEnum

from donations.domain.gift_days import GiftDays, leaves_out_one
from donations.domain.standing import Standing, is_terminal


class GiftState(StrEnum):
    """What a reader is told. The values name sentences in templates."""

    CONFIRMING = "confirming"
    """The first payment is not through yet."""
    ACTIVE = "active"
    FAILED = "failed"
    """A payment did not go through, and is tried again."""
    SKIPPED = "skipped"
    """One payment is left out."""
    PAUSED = "paused"
    ENDING = "ending"
    ENDED = "ended"


def state_of(standing: Standing, days: GiftDays) -> GiftState:
    """What to tell. An end that is coming says more than a pause or a failure before it."""
    if is_terminal(standing):
        return GiftState.ENDED
    if standing is Standing.INCOMPLETE:
        return GiftState.CONFIRMING
    if days.ends_on is not None:
        return GiftState.ENDING
    if standing in {Standing.PAST_DUE, Standing.UNPAID}:
        return GiftState.FAILED
    if standing is Standing.PAUSED or days.is_paused:
        return GiftState.SKIPPED if leaves_out_one(days) else GiftState.PAUSED
    return GiftState.ACTIVE
