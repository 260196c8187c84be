"""Appeals with their windows, the articles that carried them, and so where a gift came from.

The places are few, however long the history is: reports are kept by them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from donations.services.demo.moments import DAY, day_number

ALWAYS_ON: Final = "independent-journalism"
_MOST_CAMPAIGNS: Final = 12
_EVERGREENS: Final = 12
"""Articles that carry the appeal which is always on."""
_CHANCES: Final = 64


@dataclass(frozen=True, slots=True)
class Place:
    """An empty word is "none"."""

    campaign: str
    article: str
    placement: str
    variant: str = ""


@dataclass(frozen=True, slots=True)
class Campaign:
    """`first` and `last` are its days, since 1970."""

    name: str
    first: int
    last: int


class Campaigns:
    """All that asked for a gift between two days since 1970."""

    def __init__(self, first: int, last: int) -> None:
        self.windows = tuple(_windows(first, last))
        self._places: list[Place] = []
        self._evergreens = [self._add_evergreen(number, first, last) for number in range(_EVERGREENS)]
        self._of_campaign = {window.name: self._add_campaign(window) for window in self.windows}
        self.places = tuple(self._places)
        self._chances: dict[int, tuple[int | None, ...]] = {}

    def draw(self, random: Random, at: int) -> int | None:
        """The number of the place through which a gift came; None for none."""
        day = at // DAY
        chances = self._chances.get(day)
        if chances is None:
            chances = self._chances[day] = tuple(self._chances_on(day))
        return chances[int(random.random() * len(chances))]

    def _chances_on(self, day: int) -> Iterator[int | None]:
        """More come through a campaign while it is on, and through an article while it is new."""
        rest = _CHANCES
        for window in self.windows:
            if window.first <= day <= window.last:
                places = self._of_campaign[window.name]
                yield from (places[number % len(places)] for number in range(rest // 2))
                rest -= rest // 2
        yield from [None] * (rest // 6)
        rest -= rest // 6
        published = [places for since, places in self._evergreens if since <= day] or [self._evergreens[0][1]]
        for places in reversed(published):
            share = max(2, rest // 2)
            yield from (places[number % 3 % 2] for number in range(share))
            rest -= share

    def _add_evergreen(self, number: int, first: int, last: int) -> tuple[int, tuple[int, ...]]:
        """Since when the article is there, and its places: two in three give at its end."""
        article = f"a{number + 1}"
        places = (Place(ALWAYS_ON, article, "article-end"), Place(ALWAYS_ON, article, "header"))
        return first + (last - first) * number // _EVERGREENS, self._add(*places)

    def _add_campaign(self, window: Campaign) -> tuple[int, ...]:
        """An article at whose end two wordings are tried, another one, and the button above them."""
        number = _EVERGREENS + 1 + 2 * self.windows.index(window)
        own, other = f"a{number}", f"a{number + 1}"
        return self._add(
            Place(window.name, own, "article-end", "a"),
            Place(window.name, own, "article-end", "b"),
            Place(window.name, other, "article-end"),
            Place(window.name, own, "header"),
        )

    def _add(self, *places: Place) -> tuple[int, ...]:
        start = len(self._places)
        self._places += places
        return tuple(range(start, len(self._places)))


def _windows(first: int, last: int) -> list[Campaign]:
    """Two a year, the newest twelve: for press freedom in May, and for the end of the year."""
    found: list[Campaign] = []
    epoch = date(1970, 1, 1)
    for year in range((epoch + timedelta(first)).year, (epoch + timedelta(last)).year + 1):
        found += (
            Campaign(f"press-freedom-{year}", *_days(date(year, 4, 26), date(year, 5, 12))),
            Campaign(f"year-end-{year}", *_days(date(year, 11, 25), date(year, 12, 31))),
        )
    return [each for each in found if each.last >= first and each.first <= last][-_MOST_CAMPAIGNS:]


def _days(first: date, last: date) -> tuple[int, int]:
    return day_number(first), day_number(last)
