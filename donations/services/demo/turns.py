"""What may happen to a recurring gift between two charges, and how likely each is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import accumulate
from math import exp
from random import Random
from typing import Final

from donations.domain.gifts import Frequency


class Turn(StrEnum):
    CANCEL = "cancel"
    FAIL = "fail"
    RAISE = "raise"
    LOWER = "lower"
    PAUSE = "pause"
    SWITCH = "switch"
    DISPUTE = "dispute"


_TURNS: Final = tuple(Turn)
_AGED: Final = 60
"""Charges after which nothing changes any more."""


Chances = Sequence[Sequence[float]]
"""For each number of charges so far, the bound below which each turn lies."""


def turn_of(random: Random, chances: Chances, charges: int) -> Turn | None:
    """What happens after this many charges; None for the next charge as agreed."""
    chance = random.random()
    bounds = chances[charges if charges < _AGED else _AGED]
    if chance >= bounds[-1]:
        return None
    return next(turn for turn, bound in zip(_TURNS, bounds, strict=True) if chance < bound)


def _monthly(charges: int) -> tuple[float, ...]:
    """In the order of the turns. Who stayed a while stays; who gave long enough may switch."""
    leaves = 0.009 + 0.034 * exp(-charges / 5)
    settled = charges >= 4
    return (leaves, 0.045, 0.010 if settled else 0.004, 0.005, 0.008, 0.005 if settled else 0.0, 0.001)


def _annual(charges: int) -> tuple[float, ...]:
    return (0.08 + 0.14 * exp(-charges / 2), 0.07, 0.06, 0.03, 0.0, 0.02, 0.002)


CHANCES: Final[Mapping[Frequency, Chances]] = {
    Frequency.MONTHLY: tuple(tuple(accumulate(_monthly(charges))) for charges in range(_AGED + 1)),
    Frequency.ANNUAL: tuple(tuple(accumulate(_annual(charges))) for charges in range(_AGED + 1)),
}
