"""Recurring revenue in euros by hand: rates that are reckoned, not looked up, and plain sums of cents."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from itertools import pairwise
from typing import Final

from sqlalchemy import func, select

from donations.domain.money import Money
from donations.domain.periods import Period, months_after
from donations.models import ReferenceRate
from donations.models.database import writing
from donations.reports.filters import Filters
from donations.reports.table import Report
from tests.slow_ledger import DAY, KINDS, Slow, cells, lines_of_step, months_of, table

RATES_KNOWN_ON: Final = date(2025, 12, 1)
MISSING: Final = date(2026, 5, 1)
"""A month whose rate nobody uploaded."""


def per_euro(month: date) -> int:
    """Millionths of a dollar."""
    return 1_000_000 + 7_919 * (month.year * 12 + month.month - 24_000)


def store_rates() -> None:
    with writing() as session:
        if session.scalar(select(func.count()).select_from(ReferenceRate)):
            return
        for back in range(60):
            month = months_after(date(2026, 11, 1), -back)
            if month != MISSING:
                session.add(
                    ReferenceRate(
                        month=month,
                        currency="usd",
                        per_euro=per_euro(month),
                        version=1,
                        source="a file",
                        recorded_at=datetime(2025, 12, 1, tzinfo=UTC),
                        recorded_on=RATES_KNOWN_ON,
                    )
                )


def check_euros(report: Report, slow: Slow) -> None:
    filters = slow.filters
    is_there = "movements-in-euro" in {each.slug for each in report.tables}
    assert is_there == (filters.currency is None and any(code != "eur" for code in slow.currencies))
    if not is_there:
        return
    steps = ["Opening", *KINDS, "FX", "Closing"]
    found = cells(table(report, "movements-in-euro"))
    is_empty = all(
        euro_step(slow, step, each) is None for step in steps for each in (filters.period, filters.previous)
    )
    assert [row["step"] for row in found] == ([] if is_empty else steps)
    for row in found:
        for period, key in ((filters.period, "mrr"), (filters.previous, "mrr_before")):
            assert row[key] == euro_step(slow, str(row["step"]), period), (row, period)
    months = months_of(filters.period)
    rows = cells(table(report, "months-in-euro"))
    is_empty = all(euro_step(slow, step, month) is None for step in steps for month in months)
    months = [] if is_empty else months
    for row, month in zip(rows, months, strict=True):
        for step in steps:
            assert row[step.lower()] == euro_step(slow, step, month), (row, step)
    for (earlier, _), (later, _) in pairwise(zip(rows, months, strict=True)):
        assert earlier["closing"] == later["opening"]


def euro_step(slow: Slow, step: str, period: Period) -> Money | None:
    return total(euro_parts(slow, step, period))


def euro_parts(slow: Slow, step: str, period: Period) -> list[Fraction | None]:
    """What a step is the sum of, in cents."""
    if step == "FX":
        parts = euro_parts(slow, "Closing", period)
        for each in ("Opening", *KINDS):
            parts += [None if part is None else -part for part in euro_parts(slow, each, period)]
        return parts
    if step in KINDS:
        lines = lines_of_step(slow, step, period, None)
        sums: dict[tuple[str, date], int] = {}
        for each in lines:
            key = each.currency, each.day.replace(day=1)
            sums[key] = sums.get(key, 0) + each.annual
        return [in_euro(annual, code, month, slow.filters) for (code, month), annual in sums.items()]
    day = period.last if step == "Closing" else period.first - DAY
    return [
        in_euro(sum(line.annual for line in lines_of_step(slow, step, period, code)), code, day, slow.filters)
        for code in slow.currencies
    ]


def in_euro(annual: int, code: str, day: date, filters: Filters) -> Fraction | None:
    """A twelfth of it in cents; None without a rate."""
    if code == "eur" or not annual:
        return Fraction(annual, 12)
    is_known = filters.known_on is None or filters.known_on >= RATES_KNOWN_ON
    if day.replace(day=1) == MISSING or not is_known:
        return None
    return Fraction(annual, 12) * Fraction(1_000_000, per_euro(day.replace(day=1)))


def total(parts: list[Fraction | None]) -> Money | None:
    found = [each for each in parts if each is not None]
    return Money(round(sum(found, Fraction(0))), "eur") if len(found) == len(parts) else None
