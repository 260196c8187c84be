"""A gift: what a reader asks for. A value, not a row."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from donations.domain.money import Money


class Frequency(StrEnum):
    """How often: the values stand in links, forms and rows, and never change."""

    ONCE = "once"
    MONTHLY = "monthly"
    ANNUAL = "annual"

    @property
    def months(self) -> int | None:
        """Months from one charge to the next; None when there is no next."""
        return _MONTHS[self]

    @property
    def is_recurring(self) -> bool:
        return self.months is not None


_MONTHS: Final[Mapping[Frequency, int | None]] = {
    Frequency.ONCE: None,
    Frequency.MONTHLY: 1,
    Frequency.ANNUAL: 12,
}


@dataclass(frozen=True, slots=True)
class Gift:
    """An amount, its currency and how often. Raises ValueError unless the amount is above zero.

    Whether it is within what we offer is the offer's to say (offers.py).
    """

    money: Money
    frequency: Frequency

    def __post_init__(self) -> None:
        if not self.money.is_positive:
            raise ValueError(f"a gift is more than nothing, not {self.money.amount}")
