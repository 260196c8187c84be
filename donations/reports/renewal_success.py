"""How many of the payments of recurring gifts succeeded in the last twelve months, by frequency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from donations.domain.gifts import Frequency
from donations.domain.periods import Period
from donations.reports.behind import dates, links
from donations.reports.definitions import SUCCESS
from donations.reports.filters import Filters
from donations.reports.sums import failures_by, money_by
from donations.reports.table import Behind, Column, ColumnKind, RowsOf, Table
from donations.reports.words import FREQUENCY_NAMES, share

ENOUGH: Final = 30
"""Payments that fell due. Of fewer, a single one more or less moves the rate by more than three points,
which is more than failures commonly cost: such a rate would be an accident."""

_COLUMNS: Final = (
    Column("frequency", "Frequency", ColumnKind.TEXT),
    Column("payments", "Payments made", ColumnKind.COUNT, definition=SUCCESS),
    Column("not_recovered", "Failed and not recovered", ColumnKind.COUNT, definition=SUCCESS),
    Column("rate", "Historic success", ColumnKind.PERCENT, definition=SUCCESS),
    Column("enough", "Enough to go by", ColumnKind.TEXT),
)


@dataclass(frozen=True, slots=True)
class Success:
    """`not_recovered` are failures of these months that were given up or are still owed."""

    frequency: Frequency
    payments: int
    not_recovered: int
    period: Period

    @property
    def rate(self) -> Fraction | None:
        """None where there is not enough to go by."""
        due = self.payments + self.not_recovered
        return Fraction(self.payments, due) if due >= ENOUGH else None

    def expected(self, amount: int) -> Fraction:
        """Of an amount in minor units; all of it where there is not enough to go by."""
        return amount * (Fraction(1) if self.rate is None else self.rate)


def success_by_frequency(
    session: Session, filters: Filters, zone: ZoneInfo, today: date
) -> Mapping[Frequency, Success]:
    """Of each recurring frequency that the filters leave."""
    period = Period(Period(today, today).year_before().first + timedelta(days=1), today)
    of_books = replace(filters, zone=zone)
    payments = money_by(session, of_books, period, "frequency")
    failures = failures_by(session, of_books, period, "frequency")
    found: dict[Frequency, Success] = {}
    for frequency in recurring_frequencies(filters):
        failed, paid = failures.get((frequency.value,)), payments.get((frequency.value,))
        not_recovered = 0 if failed is None else failed.failed - failed.recovered
        found[frequency] = Success(frequency, 0 if paid is None else paid.donations, not_recovered, period)
    return found


def recurring_frequencies(filters: Filters) -> tuple[Frequency, ...]:
    """Those that the filters leave; none where one-time gifts are asked for."""
    return tuple(each for each in Frequency if each.is_recurring and filters.frequency in (None, each))


def success_table(found: Mapping[Frequency, Success]) -> Table:
    rows = tuple(
        (
            FREQUENCY_NAMES[each.frequency],
            each.payments,
            each.not_recovered,
            each.rate,
            "Not enough data" if each.rate is None else "Yes",
        )
        for each in found.values()
    )
    return Table(
        slug="historic-success",
        title="Historic success",
        sentence=" ".join(_said(each) for each in found.values())
        or "One-time gifts do not renew, so nothing is to be said of them.",
        columns=_COLUMNS,
        rows=rows,
        notes=(
            f"With fewer than {ENOUGH} payments that fell due in the last 12 months there is not enough data "
            "to go by, and what comes due is expected in full.",
        ),
        behind=links(_COLUMNS, rows, (_behind(each) for each in found.values())),
    )


def _said(success: Success) -> str:
    name = FREQUENCY_NAMES[success.frequency]
    due = success.payments + success.not_recovered
    if success.rate is None:
        return f"{name} gifts: not enough data, with {due:,} payments due in the last 12 months."
    return f"{name} gifts: {share(success.rate)} of {due:,} payments due in the last 12 months were made."


def _behind(success: Success) -> dict[str, Behind]:
    words = dates(success.period) | {"frequency": success.frequency.value}
    return {
        "payments": Behind(RowsOf.DONATIONS, words),
        "not_recovered": Behind(RowsOf.FAILURES, words | {"outcome": "not_recovered"}),
    }
