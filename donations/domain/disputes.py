"""A dispute's status, as Stripe spells it.

A `warning_` is a bank's question before a dispute: no money has moved. `prevented`
was refunded before it became one. An appeal follows a dispute that was lost, so the
money is gone while it lasts; what has moved in fact is told by the dispute's
balance transactions, not by these.
"""

from enum import StrEnum
from typing import Final


class DisputeStatus(StrEnum):
    """Stripe's dispute statuses."""

    WARNING_NEEDS_RESPONSE = "warning_needs_response"
    WARNING_UNDER_REVIEW = "warning_under_review"
    WARNING_CLOSED = "warning_closed"
    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    APPEAL_NEEDS_RESPONSE = "appeal_needs_response"
    APPEAL_UNDER_REVIEW = "appeal_under_review"
    WON = "won"
    LOST = "lost"
    PREVENTED = "prevented"


_CLOSED: Final = frozenset(
    {DisputeStatus.WON, DisputeStatus.LOST, DisputeStatus.PREVENTED, DisputeStatus.WARNING_CLOSED}
)
_OURS_TO_ANSWER: Final = frozenset(
    {
        DisputeStatus.WARNING_NEEDS_RESPONSE,
        DisputeStatus.NEEDS_RESPONSE,
        DisputeStatus.APPEAL_NEEDS_RESPONSE,
    }
)


def is_open(status: DisputeStatus) -> bool:
    """Whether it is still being decided."""
    return status not in _CLOSED


def is_lost(status: DisputeStatus) -> bool:
    """Whether the money is gone for good."""
    return status is DisputeStatus.LOST


def is_inquiry(status: DisputeStatus) -> bool:
    """Whether it is a bank's question only, with no money withdrawn."""
    return status.value.startswith("warning_")


def needs_response(status: DisputeStatus) -> bool:
    """Whether it waits for our evidence."""
    return status in _OURS_TO_ANSWER
