"""A refund's status and reason, as Stripe spells them.

A refund can fail days after it was promised (a closed account), so only one that
has succeeded takes anything off a donation.
"""

from enum import StrEnum


class RefundStatus(StrEnum):
    """Stripe's refund statuses."""

    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


class RefundReason(StrEnum):
    """What Stripe lets us give as a reason."""

    REQUESTED = "requested_by_customer"
    DUPLICATE = "duplicate"
    FRAUDULENT = "fraudulent"
    """Stripe then refuses the card and the address in future."""


def counts(status: RefundStatus) -> bool:
    """Whether the money has gone back."""
    return status is RefundStatus.SUCCEEDED


def is_open(status: RefundStatus) -> bool:
    """Whether it may still succeed or fail. A succeeded one may still fail, so that is not the end either."""
    return status in {RefundStatus.PENDING, RefundStatus.REQUIRES_ACTION}
