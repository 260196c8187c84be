"""The overview: what was given, how, and when; who gives regularly; each beside the days before."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from donations.domain.gifts import Frequency
from donations.reports.facts import facts_of
from donations.reports.filters import Filter, Filters
from donations.reports.gross import by_currency, by_day, by_frequency
from donations.reports.recurring import (
    Recurring,
    monthly_amounts,
    mrr_table,
    recurring_at,
    regular_givers,
    supporters_table,
)
from donations.reports.refunded import refunds_table
from donations.reports.table import Report
from donations.reports.takings import Takings, takings

SLUG: Final = "overview"
TITLE: Final = "Overview"
APPLIES: Final = frozenset({Filter.PERIOD, Filter.COMPARE, Filter.CURRENCY, Filter.FREQUENCY})


def run(session: Session, filters: Filters) -> Report:
    """Every figure of the overview, per currency: amounts of two are never added."""
    taken = takings(session, filters)
    now = recurring_at(session, filters.moment, filters)
    before = recurring_at(session, filters.previous_moment, filters)
    return Report(
        slug=SLUG,
        title=TITLE,
        summary=_summary(taken, now),
        facts=facts_of(filters, APPLIES),
        tables=(
            by_currency(taken),
            by_frequency(taken),
            supporters_table(now, before, filters),
            mrr_table(now, before, filters),
            refunds_table(session, filters, taken.currencies),
            *by_day(taken),
        ),
    )


def _summary(taken: Takings, now: Recurring) -> str:
    filters = taken.filters
    given = taken.given_in(filters.period)
    first = (
        f"Readers gave {given}." if taken.has_any_in(filters.period) else "Nothing was given in these days."
    )
    if filters.frequency is Frequency.ONCE:
        return first
    monthly = f": {monthly_amounts(now)} a month" if now.supporters else ""
    return f"{first} {regular_givers(now.supporters, filters)}{monthly}."
