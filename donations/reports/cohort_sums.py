"""How those who began in one month fared in the later ones, from their sums.

A month is shown once it is over: what is known of a running one would look like a loss or a gain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donations.domain.movements import MovementKind
from donations.domain.periods import Period, local_day, months_after, whole_month
from donations.models.rollups import CohortMonth
from donations.reports.currency_order import in_order
from donations.reports.filters import Filters
from donations.reports.sum_values import MovementSums
from donations.reports.sums import movements_by

_LEAST_COHORTS: Final = 24
_MOST_COHORTS: Final = 36


@dataclass(frozen=True, slots=True)
class Cohort:
    """Who began in one month. Money is a year's worth in minor units."""

    month: date
    """Its first day."""
    began: int
    """People."""
    began_annual: Mapping[str, int]
    """What they began with, by currency."""
    moved: Mapping[date, int]
    """People who came back, less those who left, by month."""
    moved_annual: Mapping[str, Mapping[date, int]]

    def active_after(self, months: int) -> int:
        """People who give at the end of the month so many after the one in which they began."""
        return _until(self.moved, months_after(self.month, months))

    def annual_after(self, months: int, currency: str) -> int:
        return _until(self.moved_annual.get(currency, {}), months_after(self.month, months))


@dataclass(frozen=True, slots=True)
class Cohorts:
    filters: Filters
    all: tuple[Cohort, ...]
    """The oldest first."""
    until: date
    """The last day that is over and known of."""
    oldest: int
    """How many months after its own the oldest cohort is known; -1 where no month is over."""

    @classmethod
    def read(cls, session: Session, filters: Filters) -> Cohorts:
        """Only the period's end, the zone and "as known on" are followed. People are counted whatever
        they give in: who began in one currency may go on in another."""
        asked = Filters(filters.period, filters.as_of, filters.zone, known_on=filters.known_on)
        months = _months(asked.period)
        began = _began(session, asked, months)
        people, annual = _moved(session, asked, months)
        cohorts = (
            Cohort(
                month,
                sum(sums.supporters for sums in began[month].values()),
                {currency: sums.annual for currency, sums in began[month].items()},
                people[month],
                annual[month],
            )
            for month in months
        )
        until = _horizon(asked)
        return cls(filters, tuple(cohorts), until, _months_over(months[0], until))

    @property
    def currencies(self) -> tuple[str, ...]:
        """Those that anybody began in; only the one that is asked for, if one is."""
        asked = self.filters.currency
        found = {code for each in self.all for code in each.began_annual}
        return in_order(code for code in found if asked in {None, code})

    @property
    def has_any(self) -> bool:
        return any(each.began for each in self.all)

    def is_over(self, cohort: Cohort, months: int) -> bool:
        """Whether the month so many after the cohort's is over, and known of."""
        return _is_over(months_after(cohort.month, months), self.until)

    def over(self, months: int) -> tuple[Cohort, ...]:
        """The cohorts of which that is so: they follow each other from the oldest."""
        return tuple(each for each in self.all if self.is_over(each, months))

    def begins(self, cohort: Cohort) -> Period:
        """The days of the cohort's month, up to the period's end."""
        return Period(cohort.month, min(whole_month(cohort.month).last, self.filters.period.last))


def _is_over(month: date, until: date) -> bool:
    return whole_month(month).last <= until


def _months_over(first: date, until: date) -> int:
    """How many months after the first are over, -1 where not even that is."""
    after = -1
    while _is_over(months_after(first, after + 1), until):
        after += 1
    return after


def _until(moved: Mapping[date, int], month: date) -> int:
    return sum(number for when, number in moved.items() if when <= month)


def _months(period: Period) -> tuple[date, ...]:
    """Two years of months up to the period's last, or as many as it spans, three years at most."""
    last = period.last.replace(day=1)
    spanned = (last.year - period.first.year) * 12 + last.month - period.first.month + 1
    number = min(max(spanned, _LEAST_COHORTS), _MOST_COHORTS)
    return tuple(months_after(last, back) for back in range(1 - number, 1))


def _horizon(filters: Filters) -> date:
    yesterday = local_day(filters.as_of, filters.zone) - timedelta(days=1)
    return min(yesterday, filters.period.last, filters.known_on or date.max)


def _began(
    session: Session, filters: Filters, months: tuple[date, ...]
) -> Mapping[date, Mapping[str, MovementSums]]:
    """Each supporter's first line in the ledger is the one that is new, and no other is."""
    span = Period(months[0], filters.period.last)
    began: dict[date, dict[str, MovementSums]] = defaultdict(dict)
    for (month, currency, kind), sums in movements_by(
        session, filters, span, "month", "currency", "kind"
    ).items():
        if kind == MovementKind.NEW:
            began[month][currency] = sums
    return began


def _moved(
    session: Session, filters: Filters, months: tuple[date, ...]
) -> tuple[Mapping[date, Mapping[date, int]], Mapping[date, Mapping[str, Mapping[date, int]]]]:
    """By cohort: people by month, and money by currency and month."""
    query = (
        select(
            CohortMonth.cohort,
            CohortMonth.month,
            CohortMonth.currency,
            func.sum(CohortMonth.supporters),
            func.sum(CohortMonth.annual),
        )
        .where(CohortMonth.zone == filters.zone.key, CohortMonth.cohort.between(months[0], months[-1]))
        .group_by(CohortMonth.cohort, CohortMonth.month, CohortMonth.currency)
    )
    if filters.known_on is not None:
        query = query.where(CohortMonth.known_on <= filters.known_on)
    people: dict[date, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    annual: dict[date, dict[str, dict[date, int]]] = defaultdict(lambda: defaultdict(dict))
    # SUM is a Decimal on PostgreSQL.
    for cohort, month, currency, number, worth in session.execute(query):
        people[cohort][month] += int(number)
        annual[cohort][currency][month] = int(worth)
    return people, annual
