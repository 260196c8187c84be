"""Movements of recurring revenue: what changed, by how much, and what that is called.

Amounts are a year's worth in minor units, because a hundred euros a year are no whole number of
cents a month: dividing by twelve is left to whoever shows them. They stay in the gift's own
currency, so no movement is ever one of exchange rates; those are reckoned, and shown, apart.

A movement is classified per supporter: their first gift is new, a second one an upgrade, and the
last to go is churn. Pausing is never churn. `supporters` counts heads: 1 where somebody begins to
give regularly, -1 where they stop, 0 where they did and do.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from donations.domain.standing import Standing

if TYPE_CHECKING:
    from donations.domain.gifts import Frequency

MONTHS_A_YEAR: Final = 12


class MovementKind(StrEnum):
    """Stored, and shown in reports."""

    NEW = "new"
    REACTIVATED = "reactivated"
    UPGRADED = "upgraded"
    DOWNGRADED = "downgraded"
    PAUSED = "paused"
    RESUMED = "resumed"
    CHURNED = "churned"


class ChurnCause(StrEnum):
    """Why a gift ended."""

    VOLUNTARY = "voluntary"
    PAYMENT_FAILURE = "payment_failure"
    DISPUTE = "dispute"


class MovementTag(StrEnum):
    """What a difference in amount alone would not tell."""

    SWITCHED_TO_ANNUAL = "switched_to_annual"
    SWITCHED_TO_MONTHLY = "switched_to_monthly"


@dataclass(frozen=True, slots=True)
class GiftState:
    """One recurring gift as it stands now, as far as movements depend on it."""

    annual_amount: int
    """What it counts for: a year's worth, or 0 while it does not count."""
    end: ChurnCause | None
    """Set once it has ended, or is charged no more because charges failed."""


@dataclass(frozen=True, slots=True)
class LedgerState:
    """What the ledger says before the movement."""

    annual_amount: int
    """Of this gift."""
    was_paused: bool
    """Whether this gift's last movement was a pause."""
    others_count: bool
    """Whether another gift of the same supporter counts now."""
    has_given: bool
    """Whether the supporter ever gave regularly."""


@dataclass(frozen=True, slots=True)
class Classified:
    """`annual_amount` is the difference; 0 only where a gift ends that was paused."""

    kind: MovementKind
    annual_amount: int
    supporters: int
    cause: ChurnCause | None = None


def annual_amount(amount: int, frequency: Frequency) -> int:
    """A year's worth of a recurring gift, in minor units."""
    assert frequency.months is not None
    return amount * MONTHS_A_YEAR // frequency.months


def classify(before: LedgerState, now: GiftState) -> Classified | None:
    """The movement that leads from what the ledger says to what is so; None where they agree."""
    difference = now.annual_amount - before.annual_amount
    if now.annual_amount == 0:
        return _gone(before, now, difference)
    if before.annual_amount == 0:
        return _come(before, difference)
    if difference == 0:
        return None
    kind = MovementKind.UPGRADED if difference > 0 else MovementKind.DOWNGRADED
    return Classified(kind, difference, 0)


def heads(before: int, difference: int) -> int:
    """1 where amounts that were nothing become something, -1 where they become nothing, else 0."""
    return int(before + difference > 0) - int(before > 0)


def cause_of_end(standing: Standing, reason: str | None) -> ChurnCause | None:
    """Why a gift is charged no more. `reason` is Stripe's; without one somebody ended it by hand."""
    if standing is Standing.UNPAID or reason == "payment_failed":
        return ChurnCause.PAYMENT_FAILURE
    if standing not in {Standing.CANCELED, Standing.INCOMPLETE_EXPIRED}:
        return None
    return ChurnCause.DISPUTE if reason == "payment_disputed" else ChurnCause.VOLUNTARY


def tag_of_switch(before: Frequency, now: Frequency) -> MovementTag | None:
    """How a change of rhythm is told from a change of amount."""
    if before is now:
        return None
    is_rarer = (now.months or 0) > (before.months or 0)
    return MovementTag.SWITCHED_TO_ANNUAL if is_rarer else MovementTag.SWITCHED_TO_MONTHLY


def _come(before: LedgerState, difference: int) -> Classified:
    heads = 0 if before.others_count else 1
    if before.was_paused:
        return Classified(MovementKind.RESUMED, difference, heads)
    if before.others_count:
        return Classified(MovementKind.UPGRADED, difference, 0)
    kind = MovementKind.REACTIVATED if before.has_given else MovementKind.NEW
    return Classified(kind, difference, 1)


def _gone(before: LedgerState, now: GiftState, difference: int) -> Classified | None:
    if difference == 0:
        is_end_of_pause = before.was_paused and now.end is not None
        return Classified(MovementKind.CHURNED, 0, 0, now.end) if is_end_of_pause else None
    heads = 0 if before.others_count else -1
    if now.end is None:
        return Classified(MovementKind.PAUSED, difference, heads)
    kind = MovementKind.DOWNGRADED if before.others_count else MovementKind.CHURNED
    return Classified(kind, difference, heads, now.end)
