"""The overview: what was given, how, and when; who gives regularly; each beside the days before."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from donations.domain.gifts import Frequency
from donations.reports.filter_words import PRESETS
from donations.reports.filters import Filters
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
from donations.reports.words import FREQUENCY_NAMES, on_day, on_days

SLUG: Final = "overview"
TITLE: Final = "Overview"


def run(session: Session, filters: Filters) -> Report:
    """Every figure of the overview, per currency: amounts of two are never added."""
    taken = takings(session, filters)
    now = recurring_at(session, filters.moment, filters)
    before = recurring_at(session, filters.previous_moment, filters)
    return Report(
        slug=SLUG,
        title=TITLE,
        summary=_summary(taken, now),
        facts=_facts(filters),
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


def _facts(filters: Filters) -> tuple[tuple[str, str], ...]:
    local = filters.as_of.astimezone(filters.zone)
    name = f" ({PRESETS[filters.preset][0].lower()})" if filters.preset else ""
    return (
        ("Period", f"{on_days(filters.period)}{name}"),
        ("Compared with", on_days(filters.previous)),
        ("Currency", filters.currency.upper() if filters.currency else "All, each for itself"),
        ("Frequency", FREQUENCY_NAMES[filters.frequency] if filters.frequency else "All"),
        ("As of", f"{on_day(local.date())}, {local:%H:%M} ({filters.zone.key})"),
    )
