"""What somebody should be told of at once, and from when on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

BEHIND_FROM: Final = timedelta(minutes=15)
WORKER_SILENT_FOR: Final = timedelta(minutes=5)
NOT_COMPARED_FOR: Final = timedelta(hours=1)
"""It is due every 15 minutes."""
AT_MOST_EVERY: Final = timedelta(hours=1)
"""A mail that one cause has begun."""
LETTERS_COUNT_FOR: Final = timedelta(days=1)
"""A letter that was given up is an alert for so long."""


class Cause(StrEnum):
    """Stored, and a label of metrics."""

    SET_ASIDE = "set_aside"
    BEHIND = "behind"
    LETTERS = "letters"
    NO_WORKER = "no_worker"
    NOT_COMPARED = "not_compared"


SENTENCES: Final = {
    Cause.SET_ASIDE: "Something from Stripe was set aside and waits for a decision.",
    Cause.BEHIND: "Stripe’s news has waited for more than 15 minutes.",
    Cause.LETTERS: "Letters could not be sent within the last day and were given up.",
    Cause.NO_WORKER: "No worker was seen for 5 minutes: nothing is looked at and no letter is sent.",
    Cause.NOT_COMPARED: "No comparison with Stripe came to its end for an hour.",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What alerts follow from."""

    set_aside: int
    """Objects and events."""
    lag: timedelta
    letters_given_up: int
    """Within `LETTERS_COUNT_FOR`."""
    compared_at: datetime | None
    """When events were compared last, or began to be for the first time; None before that."""


def causes_in(facts: Facts, now: datetime) -> frozenset[Cause]:
    """All but `NO_WORKER`, which only somebody who is no worker can find."""
    compared_at = facts.compared_at
    found = {
        Cause.SET_ASIDE: facts.set_aside > 0,
        Cause.BEHIND: facts.lag > BEHIND_FROM,
        Cause.LETTERS: facts.letters_given_up > 0,
        Cause.NOT_COMPARED: compared_at is not None and now - compared_at > NOT_COMPARED_FOR,
    }
    return frozenset(cause for cause, holds in found.items() if holds)
