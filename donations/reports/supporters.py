"""Supporters: who gives for the first time, who again and who no more, and how regular giving stands."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from donations.reports.facts import facts_of
from donations.reports.filters import Filter, Filters
from donations.reports.giving_years import Years, lifecycle_sentence, lifecycle_table, retention_table
from donations.reports.regular_givers import kinds_table, moved_table, states_table
from donations.reports.table import Report

SLUG: Final = "supporters"
TITLE: Final = "Supporters"
APPLIES: Final = frozenset({Filter.PERIOD, Filter.COMPARE, Filter.ZONE})


def run(session: Session, filters: Filters) -> Report:
    """The years up to that in which the period ends; what began and ended in it; the rest as of now."""
    years, kinds = Years.of(session, filters), kinds_table(session)
    return Report(
        slug=SLUG,
        title=TITLE,
        summary=f"{kinds.sentence} {lifecycle_sentence(years)}" if kinds.rows else kinds.sentence,
        facts=facts_of(filters, APPLIES),
        tables=(
            lifecycle_table(years),
            retention_table(years),
            kinds,
            states_table(session),
            moved_table(session, filters),
        ),
    )
