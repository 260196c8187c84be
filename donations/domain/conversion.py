"""How many of those who were asked went on to give, and how sure one may be of it.

A share of few people says little. So each comes with the range in which the true share lies
19 times out of 20, and one variant is called better than another only where that is hardly chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import sqrt
from statistics import NormalDist
from typing import Final

CERTAINTY: Final = Fraction(95, 100)
_Z: Final = NormalDist().inv_cdf(float(1 - (1 - CERTAINTY) / 2))
_MILLION: Final = 1_000_000

LEAST_TRIALS: Final = 100
"""Below a hundred visits one gift more or less moves the share by a whole percentage point, which is
about as much as a support page's share is."""


class Step(StrEnum):
    """From seeing the appeal to the money being there; each is counted by itself."""

    APPEAL = "appeal"
    """A page with the appeal was sent."""
    SUPPORT = "support"
    """The page where readers give was sent."""
    CHECKOUT = "checkout"
    """An attempt to give was opened at Stripe."""
    PAID = "paid"
    """That attempt was paid."""


@dataclass(frozen=True, slots=True)
class Share:
    """`successes` of `trials`. Raises ValueError where there are more successes than trials."""

    successes: int
    trials: int

    def __post_init__(self) -> None:
        if not 0 <= self.successes <= self.trials:
            raise ValueError(f"{self.successes} of {self.trials} is no share")

    @property
    def value(self) -> Fraction | None:
        """None of nothing."""
        return Fraction(self.successes, self.trials) if self.trials else None

    @property
    def interval(self) -> Interval | None:
        return wilson(self.successes, self.trials) if self.trials else None


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`, both between 0 and 1, to a millionth."""

    low: Fraction
    high: Fraction

    def is_above(self, other: Interval) -> bool:
        """Whether the two do not even touch."""
        return self.low > other.high


def wilson(successes: int, trials: int) -> Interval:
    """The 95 % score interval of Wilson (1927), which holds for few trials and for shares near 0 and 1.

    centre ± spread = (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) ÷ (1 + z²/n), z = 1.959964.
    Raises ValueError unless 0 ≤ successes ≤ trials and there is a trial.
    """
    if not 0 <= successes <= trials or not trials:
        raise ValueError(f"{successes} of {trials} is no share")
    p, z2 = successes / trials, _Z * _Z
    centre = p + z2 / (2 * trials)
    spread = _Z * sqrt(p * (1 - p) / trials + z2 / (4 * trials * trials))
    whole = 1 + z2 / trials
    # None and all are exact; rounding errors must not say a little less than none.
    low = Fraction(0) if successes == 0 else _to_a_millionth((centre - spread) / whole)
    high = Fraction(1) if successes == trials else _to_a_millionth((centre + spread) / whole)
    return Interval(low, high)


def better_than(shares: Mapping[str, Share]) -> dict[str, frozenset[str]]:
    """For each variant, the others that it does better than; nothing where the data does not tell.

    Told only of two that both had LEAST_TRIALS and whose intervals do not touch. That asks for more
    than a test at 5 % does, because people look at such a table every day and stop when they like it.
    """
    sure = {name: share.interval for name, share in shares.items() if share.trials >= LEAST_TRIALS}
    return {
        name: frozenset(
            other
            for other, theirs in sure.items()
            if own is not None and theirs is not None and own.is_above(theirs)
        )
        for name, own in ((name, sure.get(name)) for name in shares)
    }


def _to_a_millionth(number: float) -> Fraction:
    return Fraction(round(number * _MILLION), _MILLION)
