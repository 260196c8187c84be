"""What one of our rows must have moved on Stripe's balance, to the minor unit.

Exact, both ways: where more moved than we have booked something is missing here, where less did Stripe
lacks it or we have it twice. There is no tolerance to hide in.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from donations.domain.disputes import DisputeStatus
from donations.domain.refunds import RefundStatus


class Finding(StrEnum):
    """What the books found. Stored, and shown to staff."""

    NOT_OURS = "not_ours"
    """Stripe moved money for what we have no row of."""
    NOT_STRIPES = "not_stripes"
    """We have a row for which Stripe moved nothing."""
    AMOUNT = "amount"
    FEE = "fee"
    NET = "net"
    """Stripe's own amount less its fee is not its net."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What Stripe moved for one row, in minor units of the settlement currency; `lines` how often."""

    amount: int
    fee: int
    net: int
    lines: int

    @property
    def misfit(self) -> Disagreement | None:
        net = self.amount - self.fee
        return None if net == self.net else Disagreement(Finding.NET, net, self.net)


@dataclass(frozen=True, slots=True)
class Disagreement:
    finding: Finding
    ours: int | None
    stripes: int | None


_WITHDRAWN: Final = frozenset(
    {
        DisputeStatus.NEEDS_RESPONSE,
        DisputeStatus.UNDER_REVIEW,
        DisputeStatus.APPEAL_NEEDS_RESPONSE,
        DisputeStatus.APPEAL_UNDER_REVIEW,
        DisputeStatus.LOST,
        DisputeStatus.WON,
    }
)


def was_withdrawn(status: DisputeStatus) -> bool:
    """Whether the money was taken when the dispute began; a bank's question takes none."""
    return status in _WITHDRAWN


def was_reinstated(status: DisputeStatus) -> bool:
    return status is DisputeStatus.WON


def of_payment(settled: int, fee: int, moved: Moved) -> Disagreement | None:
    """A payment brings what it was settled for, and costs its fee."""
    if not moved.lines:
        return Disagreement(Finding.NOT_STRIPES, settled, None)
    if moved.amount != settled:
        return Disagreement(Finding.AMOUNT, settled, moved.amount)
    if moved.fee != fee:
        return Disagreement(Finding.FEE, fee, moved.fee)
    return moved.misfit


def of_refund(amount: int, status: RefundStatus, moved: Moved, *, is_converted: bool) -> Disagreement | None:
    """One that succeeded took its amount, one that failed took nothing in the end; one that is on its way
    may have been taken or not."""
    if status in {RefundStatus.PENDING, RefundStatus.REQUIRES_ACTION} and not moved.amount:
        return None
    is_back = status in {RefundStatus.FAILED, RefundStatus.CANCELED}
    return _taken(0 if is_back else amount, moved, is_converted=is_converted)


def of_dispute(
    amount: int, status: DisputeStatus, moved: Moved, *, is_converted: bool
) -> Disagreement | None:
    """One that was won gave back what it had taken."""
    is_gone = was_withdrawn(status) and not was_reinstated(status)
    return _taken(amount if is_gone else 0, moved, is_converted=is_converted)


def _taken(amount: int, moved: Moved, *, is_converted: bool) -> Disagreement | None:
    """`is_converted`: Stripe moved another currency, at its rate of that day, which only it knows."""
    if amount and not moved.lines:
        return Disagreement(Finding.NOT_STRIPES, -amount, None)
    agrees = (moved.amount < 0) if is_converted and amount else moved.amount == -amount
    return moved.misfit if agrees else Disagreement(Finding.AMOUNT, -amount, moved.amount)
