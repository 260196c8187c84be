"""Payment problems: what failed and was recovered, what is at risk, what was lost, and what is disputed."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sqlalchemy.orm import Session

from donations.reports.disputes import disputes_table
from donations.reports.facts import facts_of
from donations.reports.failed_payments import (
    failures_by_day,
    failures_by_month,
    failures_in,
    outcomes_table,
    period_table,
    rate_table,
    said_of,
)
from donations.reports.filters import Filter, Filters
from donations.reports.lost_to_failures import at_risk_table, lost_table
from donations.reports.table import Report

SLUG: Final = "payment-problems"
TITLE: Final = "Payment problems"
APPLIES: Final = frozenset({Filter.PERIOD, Filter.COMPARE, Filter.ZONE, Filter.CURRENCY, Filter.FREQUENCY})


def run(session: Session, filters: Filters) -> Report:
    """What became of failed payments and disputes is what is so now, so nothing here is as it was known."""
    filters = replace(filters, campaign=None, article=None, placement=None, status=None, known_on=None)
    days = failures_by_day(session, filters)
    now, before = (failures_in(days, filters, period) for period in (filters.period, filters.previous))
    months = failures_by_month(days, filters)
    at_risk, disputes = at_risk_table(session, filters), disputes_table(session, filters)
    return Report(
        slug=SLUG,
        title=TITLE,
        summary=f"{said_of(now)} {at_risk.sentence}",
        facts=facts_of(filters, APPLIES),
        tables=(
            period_table(now, before),
            rate_table(months),
            outcomes_table(months),
            at_risk,
            lost_table(session, filters),
            disputes,
        ),
    )
