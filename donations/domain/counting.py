"""What is counted as the work goes on. Every name is on a list here, so nobody outside can add one."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Counted(StrEnum):
    """Stored. What the label of each may be stands beside it."""

    ACCEPTED = "webhooks_accepted"
    DUPLICATE = "webhooks_duplicate"
    REJECTED = "webhooks_rejected"
    """By `Rejection`."""
    NOT_KEPT = "webhooks_not_kept"
    JOBS = "jobs"
    """By `Job`, as the next two."""
    JOBS_FAILED = "jobs_failed"
    JOB_TIME = "job_microseconds"
    CALLS = "stripe_calls"
    """By kind of call and `Outcome`, with a space between."""
    CALL_TIME = "stripe_call_microseconds"
    """By kind of call."""
    CALLS_WITHIN = "stripe_calls_within"
    """By kind of call and the bound that it was within but not within the one below, in seconds."""
    LETTERS_SENT = "letters_sent"
    LETTERS_FAILED = "letters_failed"
    """Tries that came to nothing."""


BY_HOUR: Final = frozenset(
    {Counted.ACCEPTED, Counted.DUPLICATE, Counted.REJECTED, Counted.NOT_KEPT, Counted.CALLS,
     Counted.LETTERS_SENT, Counted.LETTERS_FAILED}
)  # fmt: skip
"""What is kept by hours too, for a day."""


class Rejection(StrEnum):
    """Why a notice was not taken."""

    BAD_SIGNATURE = "bad_signature"
    BAD_PAYLOAD = "bad_payload"
    TOO_LARGE = "too_large"


class Job(StrEnum):
    """What a worker does in turn."""

    CHANGES = "changes"
    REFUNDS = "refunds"
    TICKETS = "tickets"
    ERASURES = "erasures"
    LINKS = "links"
    LETTERS = "letters"
    SUMS = "sums"
    COMPARISON = "comparison"
    SWEEP = "sweep"


class Outcome(StrEnum):
    """What became of one try of a call to Stripe."""

    DONE = "done"
    DECLINED = "declined"
    """402: the bank said no."""
    RATE_LIMITED = "rate_limited"
    REFUSED = "refused"
    """Any other error of ours."""
    FAILED = "failed"
    """Stripe's own error."""
    UNREACHABLE = "unreachable"
    """No whole answer came."""


BOUNDS: Final = ("0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "20")
"""Of the histogram of calls, in seconds; what took longer is within `BEYOND`."""
BEYOND: Final = "+Inf"


def bound_of(seconds: float) -> str:
    """The lowest bound that holds so many seconds."""
    return next((bound for bound in BOUNDS if seconds <= float(bound)), BEYOND)
