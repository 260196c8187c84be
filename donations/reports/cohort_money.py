"""How much of what a month's beginners gave they still give in the later ones, each currency for itself."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from donations.reports.cohort_cells import (
    AFTER,
    COHORT_COLUMN,
    CURRENCY,
    NOBODY,
    NOTES,
    behind_after,
    behind_began,
    heat,
    key_of,
    month_columns,
    months_later,
    name_of,
    share_of,
    shown_after,
    told_after,
)
from donations.reports.cohort_sums import Cohort, Cohorts
from donations.reports.movement_definitions import AVERAGE_RETENTION, COHORT, RETENTION_OF_MRR
from donations.reports.movement_figures import standing
from donations.reports.recurring_ledger import monthly
from donations.reports.table import Behind, Chart, ChartKind, Column, ColumnKind, Row, Table

_BEGAN: Final = Column("began", "Began with", ColumnKind.MONEY, definition=COHORT)
_AVERAGE_COLUMNS: Final = (
    AFTER,
    CURRENCY,
    _BEGAN,
    Column("still", "Still given", ColumnKind.MONEY, definition=RETENTION_OF_MRR),
    Column("share", "Share still given", ColumnKind.PERCENT, definition=AVERAGE_RETENTION),
)


def money_table(cohorts: Cohorts, code: str) -> Table:
    """One row a cohort, one column a month after its first."""
    rows: list[Row] = []
    behind: dict[tuple[int, str], Behind] = {}
    for cohort in cohorts.all:
        began = cohort.began_annual.get(code, 0)
        behind[len(rows), "began"] = behind_began(cohorts, [cohort], "mrr", code)
        behind |= {
            (len(rows), key_of(after)): behind_after(cohorts, [cohort], after, "mrr", code)
            for after in shown_after(cohorts)
        }
        shares = (
            share_of(cohorts, cohort, after, cohort.annual_after(after, code), began)
            for after in shown_after(cohorts)
        )
        rows.append((name_of(cohort), code, monthly(began, code), *shares))
    columns = (COHORT_COLUMN, CURRENCY, _BEGAN, *month_columns(cohorts, RETENTION_OF_MRR))
    return Table(
        slug=f"mrr-{code}",
        title=f"What they still give a month, in {code.upper()}",
        sentence=_sentence(cohorts, code),
        columns=columns,
        rows=tuple(rows),
        notes=NOTES,
        definitions=(COHORT, RETENTION_OF_MRR),
        chart=heat(cohorts),
        behind=standing(columns, rows, behind),
    )


def average_of_money(cohorts: Cohorts) -> Table:
    """One row for each currency and month after the first; currencies below each other."""
    rows: list[Row] = []
    behind: dict[tuple[int, str], Behind] = {}
    for code in cohorts.currencies:
        for after in range(cohorts.oldest + 1):
            over = cohorts.over(after)
            began, still = _sums(over, after, code)
            behind[len(rows), "began"] = behind_began(cohorts, over, "mrr", code)
            behind[len(rows), "still"] = behind_after(cohorts, over, after, "mrr", code)
            share = Fraction(still, began) if began else None
            rows.append((after, code, monthly(began, code), monthly(still, code), share))
    return Table(
        slug="average-mrr",
        title="How much stays, on average",
        sentence=" ".join(_sentence(cohorts, code) for code in cohorts.currencies) or NOBODY,
        columns=_AVERAGE_COLUMNS,
        rows=tuple(rows),
        notes=NOTES,
        definitions=(AVERAGE_RETENTION, COHORT, RETENTION_OF_MRR),
        chart=Chart(ChartKind.LINE, "after", ("share",)),
        behind=standing(_AVERAGE_COLUMNS, rows, behind),
    )


def _sentence(cohorts: Cohorts, code: str) -> str:
    after = told_after(cohorts)
    began, still = (0, 0) if after is None else _sums(cohorts.over(after), after, code)
    if after is None or not began:
        return f"In {code.upper()}, no cohort has a month after its first behind it yet."
    share = float(Fraction(still, began) * 100)
    return (
        f"In {code.upper()}, {share:.1f} % of what cohorts began with was still given {months_later(after)}."
    )


def _sums(cohorts: Sequence[Cohort], after: int, code: str) -> tuple[int, int]:
    """A year's worth of what they began with, and of what was given then."""
    began = sum(each.began_annual.get(code, 0) for each in cohorts)
    return began, sum(each.annual_after(after, code) for each in cohorts)
