"""What Stripe keeps of a charge, and what to charge so that a gift stays whole.

The rates are an offer's data. Fees are reckoned up to the next minor unit, never
down: the real fee arrives later with the balance transaction, and a reader who
covers the fees should not leave the newsroom a cent short.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from donations.domain.currencies import smallest_step_of
from donations.domain.errors import CurrencyMismatch
from donations.domain.money import Money

_WHOLE: Final = 10_000


@dataclass(frozen=True, slots=True)
class FeeRate:
    """A share in basis points (150 is 1.5 %) and a fixed part. Raises ValueError outside 0 % to 100 %."""

    basis_points: int
    fixed: Money

    def __post_init__(self) -> None:
        if not 0 <= self.basis_points < _WHOLE:
            raise ValueError(f"a fee of {self.basis_points} basis points is no share of a charge")
        if self.fixed.amount < 0:
            raise ValueError("the fixed part of a fee is not negative")


def fee_on(charge: Money, rate: FeeRate) -> Money:
    """What Stripe keeps of `charge`, rounded up. Raises CurrencyMismatch."""
    share = _divided_up(charge.amount * rate.basis_points, _WHOLE)
    return Money(share, charge.currency) + rate.fixed


def covering_fees(gift: Money, rate: FeeRate) -> Money:
    """The charge that leaves `gift` after Stripe's fee, rounded up to what Stripe can charge.

    Amounts are in minor units (cents; whole yen for JPY).
    Raises CurrencyMismatch if the rate is for another currency.
    """
    if rate.fixed.currency != gift.currency:
        raise CurrencyMismatch(gift.currency, rate.fixed.currency)
    step = smallest_step_of(gift.currency)
    steps = _divided_up((gift.amount + rate.fixed.amount) * _WHOLE, (_WHOLE - rate.basis_points) * step)
    return Money(steps * step, gift.currency)


def _divided_up(dividend: int, divisor: int) -> int:
    return -(-dividend // divisor)
