"""What sums of the rollups are: values that add up, each part for itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from operator import add, attrgetter
from typing import Any, Self, TypeVar


@cache
def _values_of(kind: type[Sums]) -> Callable[[Any], tuple[Any, ...]]:
    """Pages add sums by the ten thousand, so their fields are not looked up each time."""
    names = [each.name for each in fields(kind)]
    values = attrgetter(*names)
    # Of a single name it gets the value itself.
    return values if len(names) > 1 else lambda sums: (values(sums),)


@dataclass(frozen=True, slots=True)
class Sums:
    """Whole numbers by their names."""

    def __add__(self, other: Self) -> Self:
        values = _values_of(type(self))
        return type(self)(*map(add, values(self), values(other)))


AnySums = TypeVar("AnySums", bound=Sums)


@dataclass(frozen=True, slots=True)
class MoneySums(Sums):
    """Amounts are minor units of one currency; see `DayMoney` for the days on which they count."""

    donations: int = 0
    gross: int = 0
    settled_donations: int = 0
    settled_gross: int = 0
    fees: int = 0
    refunds: int = 0
    refunded: int = 0
    disputes: int = 0
    disputed: int = 0

    @property
    def pending_donations(self) -> int:
        """Those whose fee is not known yet."""
        return self.donations - self.settled_donations

    @property
    def pending_gross(self) -> int:
        return self.gross - self.settled_gross

    @property
    def net(self) -> int:
        """Gross less refunds, lost disputes and the fees that are known."""
        return self.gross - self.refunded - self.disputed - self.fees


@dataclass(frozen=True, slots=True)
class MovementSums(Sums):
    """Sums of the recurring-revenue ledger. `annual` is a year's worth in minor units of one currency."""

    lines: int = 0
    gifts: int = 0
    annual: int = 0
    supporters: int = 0
    supporters_in_currency: int = 0


@dataclass(frozen=True, slots=True)
class GiftSums(Sums):
    """How many gifts."""

    donations: int = 0


@dataclass(frozen=True, slots=True)
class SettlementSums(Sums):
    """What reached our balance, in minor units of the settlement currency."""

    payments: int = 0
    settled: int = 0
    fees: int = 0
    net: int = 0


@dataclass(frozen=True, slots=True)
class FailureSums(Sums):
    """Payments of recurring gifts that failed, and what is so of them now; see `DayFailure`."""

    failed: int = 0
    needed_confirmation: int = 0
    recovered: int = 0
    recovered_in_time: int = 0
    given_up: int = 0

    @property
    def recovered_later(self) -> int:
        return self.recovered - self.recovered_in_time

    @property
    def open(self) -> int:
        """Neither recovered nor given up."""
        return self.failed - self.recovered - self.given_up
