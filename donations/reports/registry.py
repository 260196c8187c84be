"""Every report by its slug. A new report is one file and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from donations.reports import (
    campaigns,
    cohorts,
    goals,
    lapsed,
    money,
    overview,
    payment_problems,
    recurring_revenue,
    renewals,
    supporters,
)
from donations.reports.filters import Filter, Filters
from donations.reports.table import Report


class Group(StrEnum):
    """Under which heading a report is found."""

    INCOME = "Income"
    RECURRING = "Recurring gifts"
    PEOPLE = "People and reach"


@dataclass(frozen=True, slots=True)
class Entry:
    title: str
    run: Callable[[Session, Filters], Report]
    group: Group = Group.INCOME
    applies: frozenset[Filter] = frozenset({Filter.PERIOD})
    """The filters that its figures follow; the page says which of the chosen ones they do not."""


REPORTS: Final[Mapping[str, Entry]] = {
    overview.SLUG: Entry(overview.TITLE, overview.run, Group.INCOME, overview.APPLIES),
    money.SLUG: Entry(money.TITLE, money.run, Group.INCOME, money.APPLIES),
    recurring_revenue.SLUG: Entry(
        recurring_revenue.TITLE, recurring_revenue.run, Group.RECURRING, recurring_revenue.APPLIES
    ),
    cohorts.SLUG: Entry(cohorts.TITLE, cohorts.run, Group.RECURRING, cohorts.APPLIES),
    campaigns.SLUG: Entry(campaigns.TITLE, campaigns.run, Group.PEOPLE, campaigns.APPLIES),
    supporters.SLUG: Entry(supporters.TITLE, supporters.run, Group.PEOPLE, supporters.APPLIES),
    lapsed.SLUG: Entry(lapsed.TITLE, lapsed.run, Group.PEOPLE, lapsed.APPLIES),
    goals.SLUG: Entry(goals.TITLE, goals.run, Group.INCOME, goals.APPLIES),
    payment_problems.SLUG: Entry(
        payment_problems.TITLE, payment_problems.run, Group.RECURRING, payment_problems.APPLIES
    ),
    renewals.SLUG: Entry(renewals.TITLE, renewals.run, Group.RECURRING, renewals.APPLIES),
}
