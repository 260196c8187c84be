"""Cohorts: how many of those who began in one month still give in the later ones, and how much."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from donations.reports.cohort_money import average_of_money, money_table
from donations.reports.cohort_people import average_of_people, average_sentence, people_table
from donations.reports.cohort_sums import Cohorts
from donations.reports.facts import facts_of
from donations.reports.filters import Filter, Filters
from donations.reports.table import Report

SLUG: Final = "cohorts"
TITLE: Final = "Cohorts"
APPLIES: Final = frozenset({Filter.PERIOD, Filter.ZONE, Filter.CURRENCY, Filter.KNOWN_ON})


def run(session: Session, filters: Filters) -> Report:
    """The cohorts of two years up to the period's end, or of the months that it spans."""
    cohorts = Cohorts.read(session, filters)
    return Report(
        slug=SLUG,
        title=TITLE,
        summary=average_sentence(cohorts),
        facts=facts_of(filters, APPLIES),
        tables=(
            average_of_people(cohorts),
            people_table(cohorts),
            average_of_money(cohorts),
            *(money_table(cohorts, code) for code in cohorts.currencies),
        ),
    )
