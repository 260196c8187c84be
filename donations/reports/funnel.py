"""From seeing the appeal to the money being there: how many went each step, by where they came from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from donations.domain.conversion import Share, Step
from donations.models.rollups import DayStep
from donations.reports.filters import Filters

Steps = Mapping[Step, int]
"""How often each step was taken; 0 for what is not there."""
NAMES: Final = ("campaign", "article", "placement", "variant")

PREVIOUS: Final[Mapping[Step, Step]] = {
    Step.SUPPORT: Step.APPEAL,
    Step.CHECKOUT: Step.SUPPORT,
    Step.PAID: Step.CHECKOUT,
}
"""The step before each but the first."""


@dataclass(frozen=True, slots=True)
class Funnel:
    """The steps of a period, for each combination of names that there was."""

    found: Mapping[tuple[str, ...], Counter[Step]]

    def together(self) -> Counter[Step]:
        """Wherever readers came from."""
        return sum(self.found.values(), Counter[Step]())

    def by(self, *names: str) -> dict[tuple[str, ...], Counter[Step]]:
        """For each combination of `names` alone."""
        places = [NAMES.index(name) for name in names]
        sums: dict[tuple[str, ...], Counter[Step]] = defaultdict(Counter)
        for key, steps in self.found.items():
            sums[tuple(key[place] for place in places)].update(steps)
        return dict(sums)


def read_funnel(session: Session, filters: Filters) -> Funnel:
    """One query, of as many rows as the days have names.

    Currency and frequency don't narrow it: who looks at a page has not chosen them yet.
    """
    names = tuple(getattr(DayStep, name) for name in NAMES)
    query = (
        select(DayStep.step, func.sum(DayStep.number), *names)
        .where(*_asked(filters))
        .group_by(DayStep.step, *names)
    )
    found: dict[tuple[str, ...], Counter[Step]] = defaultdict(Counter)
    for step, number, *key in session.execute(query):
        # PostgreSQL sums 64-bit integers to a Decimal.
        found[tuple(key)][step] = int(number)
    return Funnel(dict(found))


def share(steps: Steps, step: Step, of: Step) -> Share | None:
    """How many of those who took `of` took `step`, as far as that can be said.

    None where more did: whoever comes by a link that we do not see skips the step before, and a visit
    at the very end of the period may lead to a gift after it, or one before to a gift within.
    """
    if steps[step] > steps[of]:
        return None
    return Share(steps[step], steps[of])


def share_cells(part: Share | None) -> tuple[Fraction | None, Fraction | None, Fraction | None]:
    """The share, and from where to where it may lie."""
    interval = None if part is None else part.interval
    if part is None or interval is None:
        return None, None, None
    return part.value, interval.low, interval.high


def _asked(filters: Filters) -> tuple[ColumnElement[bool], ...]:
    wished: tuple[tuple[InstrumentedAttribute[str], str | None], ...] = (
        (DayStep.campaign, filters.campaign),
        (DayStep.article, filters.article),
        (DayStep.placement, filters.placement),
    )
    return (
        DayStep.zone == filters.zone.key,
        DayStep.day.between(filters.period.first, filters.period.last),
        *(column == name for column, name in wished if name is not None),
    )
