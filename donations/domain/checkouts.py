"""A checkout's status: where one attempt to give has got to.

The words are ours. Stripe's session has `open`, `complete` and `expired` and a payment
status beside it, which cannot tell a bank still thinking from a bank that refused.

`unpaid` is not an end: a refused first debit of a recurring gift is tried again by
Stripe, and a reader who was told "not paid" must be told when it is. `paid` is one
(what happens to the money later is a refund or a dispute, each a row of its own), and
so is `expired`: Stripe takes nothing on an expired session.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from donations.domain.transitions import Transitions


class CheckoutStatus(StrEnum):
    """From the row being written to the money being there, or not."""

    OPENING = "opening"
    """Our row is written; Stripe has not been asked, or has not answered."""
    OPEN = "open"
    """The session exists and waits for the reader."""
    PROCESSING = "processing"
    """The reader has done their part; the bank is still confirming."""
    PAID = "paid"
    """The money was taken."""
    UNPAID = "unpaid"
    """The bank refused after the reader had done their part."""
    EXPIRED = "expired"
    """The session ran out, or was closed, without a payment."""
    FAILED = "failed"
    """Stripe refused to open a session: there never was one."""


# From `opening` to `open` only: that a lost answer or webhook makes it look like
# a jump to `paid` is what can_become follows paths for.
TRANSITIONS: Final[Mapping[CheckoutStatus, frozenset[CheckoutStatus]]] = {
    CheckoutStatus.OPENING: frozenset({CheckoutStatus.OPEN, CheckoutStatus.FAILED}),
    CheckoutStatus.OPEN: frozenset({CheckoutStatus.PROCESSING, CheckoutStatus.PAID, CheckoutStatus.EXPIRED}),
    CheckoutStatus.PROCESSING: frozenset({CheckoutStatus.PAID, CheckoutStatus.UNPAID}),
    CheckoutStatus.UNPAID: frozenset({CheckoutStatus.PROCESSING, CheckoutStatus.PAID}),
    CheckoutStatus.PAID: frozenset(),
    CheckoutStatus.EXPIRED: frozenset(),
    CheckoutStatus.FAILED: frozenset(),
}

_TABLE: Final = Transitions(TRANSITIONS)
TERMINAL: Final = _TABLE.terminal


def is_terminal(status: CheckoutStatus) -> bool:
    """Whether nothing can come of this attempt any more, or it has come to its end."""
    return _TABLE.is_terminal(status)


def can_become(old: CheckoutStatus, new: CheckoutStatus) -> bool:
    """Whether a row that says `old` may say `new` next; the same again always may."""
    return _TABLE.can_become(old, new)
