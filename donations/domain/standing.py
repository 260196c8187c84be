"""A subscription's standing: Stripe's own statuses, and which may follow which.

The table holds single steps; `can_become` also allows the jumps that lost webhooks
make (transitions.py says how). What is left forbidden is reviving a subscription
that has ended, and going back to `incomplete`.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from donations.domain.transitions import Transitions


class Standing(StrEnum):
    """Stripe's subscription statuses, spelt as Stripe spells them."""

    INCOMPLETE = "incomplete"
    INCOMPLETE_EXPIRED = "incomplete_expired"
    TRIALING = "trialing"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    UNPAID = "unpaid"
    PAUSED = "paused"
    CANCELED = "canceled"


TRANSITIONS: Final[Mapping[Standing, frozenset[Standing]]] = {
    Standing.INCOMPLETE: frozenset(
        {Standing.ACTIVE, Standing.TRIALING, Standing.INCOMPLETE_EXPIRED, Standing.CANCELED}
    ),
    Standing.TRIALING: frozenset({Standing.ACTIVE, Standing.PAST_DUE, Standing.PAUSED, Standing.CANCELED}),
    # Back to a trial is real: moving the next payment is done by setting an end of trial.
    Standing.ACTIVE: frozenset(
        {Standing.PAST_DUE, Standing.UNPAID, Standing.PAUSED, Standing.TRIALING, Standing.CANCELED}
    ),
    Standing.PAST_DUE: frozenset({Standing.ACTIVE, Standing.UNPAID, Standing.PAUSED, Standing.CANCELED}),
    Standing.UNPAID: frozenset({Standing.ACTIVE, Standing.PAST_DUE, Standing.CANCELED}),
    Standing.PAUSED: frozenset({Standing.ACTIVE, Standing.PAST_DUE, Standing.CANCELED}),
    Standing.INCOMPLETE_EXPIRED: frozenset(),
    Standing.CANCELED: frozenset(),
}

_TABLE: Final = Transitions(TRANSITIONS)
TERMINAL: Final = _TABLE.terminal
IN_MRR: Final = frozenset({Standing.ACTIVE, Standing.PAST_DUE, Standing.TRIALING})


def is_terminal(standing: Standing) -> bool:
    """Whether the subscription has ended for good."""
    return _TABLE.is_terminal(standing)


def can_become(old: Standing, new: Standing) -> bool:
    """Whether a row that says `old` may say `new` next; the same again always may."""
    return _TABLE.can_become(old, new)


def counts_toward_mrr(standing: Standing, is_collection_paused: bool, has_paid: bool) -> bool:
    """Whether the gift is recurring revenue now: active or past due, not paused, its first payment made.

    Stripe's `trialing` counts as active once a payment was made: it is how the date of the next charge
    is moved, when a gift changes its rhythm. One that has not paid yet begins later, and counts then.

    A pause of collection leaves Stripe's status `active`, so it is asked for separately.
    """
    return standing in IN_MRR and has_paid and not is_collection_paused
