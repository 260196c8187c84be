"""Money: from gross to net by currency, by frequency, by source, by day and by month; and settlement."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from donations.reports.consolidated import Rates
from donations.reports.facts import facts_of
from donations.reports.filters import Filter, Filters
from donations.reports.money_in_euro import is_worth_it, months_in_euro, total_in_euro
from donations.reports.money_over_time import is_by_day, money_by_day, money_by_month
from donations.reports.money_parts import (
    frequency_table,
    net_table,
    pending_table,
    source_table,
)
from donations.reports.settlement import settlement_table
from donations.reports.sums import MONTH, money_by
from donations.reports.table import Report, Table
from donations.reports.takings import NOTHING, Takings, amounts_of, given, takings
from donations.reports.words import sentence

SLUG: Final = "money"
TITLE: Final = "Money"
APPLIES: Final = frozenset(
    {
        Filter.PERIOD,
        Filter.COMPARE,
        Filter.ZONE,
        Filter.CURRENCY,
        Filter.FREQUENCY,
        Filter.CAMPAIGN,
        Filter.ARTICLE,
        Filter.PLACEMENT,
        Filter.KNOWN_ON,
    }
)


def run(session: Session, filters: Filters) -> Report:
    """Each currency for itself first, all in euros second."""
    taken = takings(session, filters, MONTH, "currency", "frequency", "source")
    by_currency, by_month = taken.by("currency"), taken.by(MONTH, "currency")
    return Report(
        slug=SLUG,
        title=TITLE,
        summary=_summary(by_currency),
        facts=facts_of(filters, APPLIES),
        tables=(
            net_table(by_currency),
            pending_table(by_currency.now),
            *_in_euro(session, by_month),
            frequency_table(taken.by("currency", "frequency").now, filters),
            source_table(taken.by("currency", "source").now),
            *_by_day(session, filters),
            money_by_month(by_month.now, filters),
            settlement_table(session, filters),
        ),
    )


def _in_euro(session: Session, by_month: Takings) -> tuple[Table, ...]:
    """Left out where all is in euros anyway."""
    if not is_worth_it(code for _, code in by_month.seen):
        return ()
    rates = Rates.read(session, by_month.filters.known_on)
    return total_in_euro(by_month, rates), months_in_euro(by_month, rates)


def _by_day(session: Session, filters: Filters) -> tuple[Table, ...]:
    """Left out where the period is long."""
    if not is_by_day(filters):
        return ()
    return (money_by_day(money_by(session, filters, filters.period, "day", "currency"), filters),)


def _summary(by_currency: Takings) -> str:
    now = by_currency.now
    if not any(sums != NOTHING for sums in now.values()):
        return "Nothing came in or went out in these days."
    left = amounts_of(now, lambda sums: sums.net)
    return f"{sentence(given(now))} After fees, refunds and lost disputes that leaves {left}."
