"""When people give: more before the year ends, while a campaign is on, and when something happened."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate
from math import exp
from random import Random
from typing import Final

from donations.services.demo.campaigns import Campaign
from donations.services.demo.moments import DAY, HOUR

_MONTHS: Final[Mapping[int, float]] = {1: 0.8, 7: 0.75, 8: 0.7, 11: 1.3, 12: 2.2}
_WEEKDAYS: Final = (1.05, 1.1, 1.1, 1.05, 1.0, 0.8, 0.9)
_HOURS: Final = (1, 1, 1, 1, 1, 1, 2, 3, 5, 6, 6, 6, 6, 6, 6, 6, 7, 7, 8, 8, 7, 5, 3, 2)
"""Of the day in UTC: most read in the evening."""
_HOUR_CHANCES: Final = tuple(hour for hour, weight in enumerate(_HOURS) for _ in range(weight))
_IN_CAMPAIGN: Final = 1.6
_GROWTH: Final = 0.5
"""By how much the beginning lies below the middle, and the end above it."""
_BEYOND: Final = 800
"""Days after the end: what somebody gives only then must not be pressed into the days before."""
_SHOCK_EVERY: Final = 150
"""Days between two pieces of news that move many to give, more or less."""


class Seasons:
    """How likely a gift is on each day from `first` on; days are counted since 1970."""

    def __init__(self, first: int, last: int, campaigns: Sequence[Campaign], random: Random) -> None:
        self._first = first
        weights = [_weight(day, first, last, campaigns) for day in range(first, last + _BEYOND)]
        for day, strength in _shocks(len(weights), random):
            for after in range(min(20, len(weights) - day)):
                weights[day + after] *= 1 + strength * exp(-after / 3)
        self._reached = list(accumulate(weights, initial=0.0))

    def draw(self, random: Random, begins: int, ends: int) -> int:
        """An instant between two, the second left out. `begins` where there is none between them."""
        if begins >= ends:
            return begins
        low = self._reached[self._index(begins)]
        high = self._reached[self._index(ends - 1) + 1]
        index = bisect_right(self._reached, low + random.random() * (high - low)) - 1
        hour = _HOUR_CHANCES[int(random.random() * len(_HOUR_CHANCES))]
        at = (self._first + index) * DAY + hour * HOUR + int(random.random() * HOUR)
        return min(max(at, begins), ends - 1)

    def _index(self, at: int) -> int:
        return min(max(at // DAY - self._first, 0), len(self._reached) - 2)


def _weight(day: int, first: int, last: int, campaigns: Sequence[Campaign]) -> float:
    on = date(1970, 1, 1) + timedelta(day)
    weight = _MONTHS.get(on.month, 1.0) * _WEEKDAYS[on.weekday()]
    weight *= 1 + _GROWTH * (2 * (day - first) / max(1, last - first) - 1)
    if any(each.first <= day <= each.last for each in campaigns):
        weight *= _IN_CAMPAIGN
    return weight


def _shocks(days: int, random: Random) -> list[tuple[int, float]]:
    """On which days, and how strong."""
    return [
        (int(random.random() * days), 1.5 + 4 * random.random()) for _ in range(max(1, days // _SHOCK_EVERY))
    ]
