"""The overview: what matters, on one page, beside the period before."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from donations.domain.gifts import Frequency
from donations.reports.at_risk import at_risk_table
from donations.reports.facts import facts_of
from donations.reports.filters import Filters
from donations.reports.income import gross_by_day, income_table
from donations.reports.money import APPLIES as MONEY_APPLIES
from donations.reports.money_over_time import is_by_day, money_by_month
from donations.reports.overview_in_euro import overview_in_euro
from donations.reports.recurring import (
    Recurring,
    monthly_amounts,
    mrr_table,
    recurring_of,
    regular_givers,
    supporters_table,
)
from donations.reports.sums import MONTH
from donations.reports.table import Report, Table
from donations.reports.taken_back import taken_back_table
from donations.reports.takings import Takings, amounts_of, given, takings
from donations.reports.typical_gifts import typical_table

SLUG: Final = "overview"
TITLE: Final = "Overview"
APPLIES: Final = MONEY_APPLIES


def run(session: Session, filters: Filters) -> Report:
    """Per currency first, in euros second."""
    taken = takings(session, filters, MONTH, "currency", "frequency")
    by_currency, by_month = taken.by("currency"), taken.by(MONTH, "currency")
    recurring = recurring_of(session, filters)
    return Report(
        slug=SLUG,
        title=TITLE,
        summary=_summary(by_currency, recurring),
        facts=facts_of(filters, APPLIES),
        tables=(
            income_table(by_currency),
            *overview_in_euro(session, by_month, recurring),
            *_of_recurring(session, filters, recurring),
            _over_time(session, by_month),
            taken_back_table(by_currency),
            typical_table(session, taken.by("currency", "frequency")),
        ),
    )


def _over_time(session: Session, by_month: Takings) -> Table:
    """By day; of a long period by month."""
    filters = by_month.filters
    if is_by_day(filters):
        return gross_by_day(takings(session, filters, "day", "currency"))
    return money_by_month(by_month.now, filters)


def _of_recurring(session: Session, filters: Filters, recurring: Recurring) -> tuple[Table, ...]:
    """Nothing about them where one-time gifts are asked for."""
    if filters.frequency is Frequency.ONCE:
        return ()
    return mrr_table(recurring), supporters_table(recurring), at_risk_table(session, filters)


def _summary(by_currency: Takings, recurring: Recurring) -> str:
    now, filters = by_currency.now, by_currency.filters
    if any(sums.donations for sums in now.values()):
        net = amounts_of(now, lambda sums: sums.net)
        first = f"Readers gave {given(now)}; after fees, refunds and disputes that is {net}."
    else:
        first = "Nothing was given in these days."
    if filters.frequency is Frequency.ONCE:
        return first
    monthly = monthly_amounts(recurring)
    return f"{first} {regular_givers(recurring)}{'' if monthly == 'nothing' else f': {monthly} a month'}."
