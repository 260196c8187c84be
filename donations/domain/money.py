"""Money: whole minor units of one currency.

Never a float, never added or compared across currencies. It may be negative, for
a difference in a report is; a gift may not (gifts.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from donations.domain.currencies import exponent_of, is_known
from donations.domain.errors import CurrencyMismatch, UnsupportedCurrency
from donations.domain.written import in_major_units, written

if TYPE_CHECKING:
    from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (cents; whole yen for JPY) and its lower-case currency code.

    Raises TypeError for an amount that is not an int, UnsupportedCurrency for an unknown code.
    """

    amount: int
    currency: str

    def __post_init__(self) -> None:
        # A bool is an int to Python, and Stripe's JSON or a form may bring a float: both would pass silently.
        if type(self.amount) is not int:
            raise TypeError(f"an amount is a whole number of minor units, not {self.amount!r}")
        if not is_known(self.currency):
            raise UnsupportedCurrency(self.currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        return cls(0, currency)

    @classmethod
    def from_major(cls, value: Decimal | int, currency: str) -> Money:
        """10.41 euros are 1041 cents. Raises ValueError for more decimals than the currency has."""
        scaled = value * 10 ** exponent_of(currency)
        whole = int(scaled)
        if whole != scaled:
            raise ValueError(f"{value} has more decimals than {currency.upper()}")
        return cls(whole, currency)

    def major(self) -> Decimal:
        """In euros rather than cents, exact: for writing it down, not for reckoning with."""
        return in_major_units(self.amount, self.currency)

    @property
    def is_positive(self) -> bool:
        return self.amount > 0

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._amount_of(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._amount_of(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._amount_of(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._amount_of(other)

    def __gt__(self, other: Money) -> bool:
        return self.amount > self._amount_of(other)

    def __ge__(self, other: Money) -> bool:
        return self.amount >= self._amount_of(other)

    def __str__(self) -> str:
        """As written in English: errors and logs; pages use `format_money` with their locale."""
        return written(self.amount, self.currency)

    def _amount_of(self, other: Money) -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(self.currency, other.currency)
        return other.amount
