"""What a supporter may change of a recurring gift."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from donations.domain.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Mapping


class ChangeKind(StrEnum):
    """One call to Stripe each. The last two are ours to make, after a new card was given at Stripe."""

    AMOUNT = "amount"
    FREQUENCY = "frequency"
    SKIP = "skip"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    UNDO_CANCEL = "undo_cancel"
    USE_CARD = "use_card"
    RETRY_PAYMENT = "retry_payment"


class CancelReason(StrEnum):
    """Why a supporter stops, if they want to say so."""

    CANNOT_AFFORD = "cannot_afford"
    PREFERS_ONCE = "prefers_once"
    NEEDS_BREAK = "needs_break"
    EDITORIAL = "editorial"
    BY_MISTAKE = "by_mistake"
    OTHER = "other"


_CHANGEABLE: Final = frozenset({Standing.ACTIVE, Standing.TRIALING})
_RUNNING: Final = _CHANGEABLE | {Standing.PAST_DUE, Standing.UNPAID, Standing.PAUSED, Standing.INCOMPLETE}
_STANDINGS: Final[Mapping[ChangeKind, frozenset[Standing]]] = {
    ChangeKind.AMOUNT: _CHANGEABLE | {Standing.PAST_DUE},
    ChangeKind.FREQUENCY: _CHANGEABLE,
    ChangeKind.SKIP: _CHANGEABLE,
    ChangeKind.PAUSE: _CHANGEABLE,
    ChangeKind.RESUME: _CHANGEABLE | {Standing.PAST_DUE},
    ChangeKind.CANCEL: _RUNNING,
    ChangeKind.UNDO_CANCEL: _CHANGEABLE | {Standing.PAST_DUE},
    ChangeKind.USE_CARD: _RUNNING,
    ChangeKind.RETRY_PAYMENT: _RUNNING,
}


def can_change(kind: ChangeKind, standing: Standing) -> bool:
    """Whether a gift that stands like this can be changed in this way."""
    return standing in _STANDINGS[kind]


def ends_at_once(standing: Standing) -> bool:
    """Whether cancelling ends the gift now: where a charge failed, nobody waits to be charged once more."""
    return standing not in _CHANGEABLE
