"""What the tables of cohorts share: their columns, the rows behind a cell, and their notes."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from donations.domain.movements import MovementKind
from donations.domain.periods import Period, months_after, whole_month
from donations.reports.cohort_sums import Cohort, Cohorts
from donations.reports.movement_definitions import COHORT
from donations.reports.movement_figures import behind_moved
from donations.reports.table import Behind, Chart, ChartKind, Column, ColumnKind, Definition, RowsOf
from donations.reports.words import counted

COHORT_COLUMN: Final = Column("cohort", "Began in", ColumnKind.TEXT, definition=COHORT)
CURRENCY: Final = Column("currency", "Currency", ColumnKind.CURRENCY)
AFTER: Final = Column("after", "Months after", ColumnKind.COUNT)
NOBODY: Final = "Nobody began to give regularly in these months."

_SHOWN: Final = (*range(7), 9, 12, 18, 24, 36)
"""Months after the first that have a column; the line of the average has all."""
_TOLD: Final = (12, 6, 3, 1)
"""Of these, the first that any cohort has reached is told in a sentence."""
_FEW: Final = 30
_NOTE: Final = (
    "Month 0 is the one in which they began. A cell is blank until its month is over: what is known of a "
    "running month would look like a loss."
)
_PEOPLE_NOTE: Final = "People are counted here whatever they give in."


def shown_after(cohorts: Cohorts) -> tuple[int, ...]:
    """The months after the first that any cohort has reached and that have a column."""
    return tuple(after for after in _SHOWN if after <= cohorts.oldest)


def month_columns(cohorts: Cohorts, meaning: Definition) -> tuple[Column, ...]:
    return tuple(
        Column(key_of(after), f"Month {after}", ColumnKind.PERCENT, definition=meaning)
        for after in shown_after(cohorts)
    )


def heat(cohorts: Cohorts) -> Chart | None:
    """None where no month is over, so that there is nothing to shade."""
    keys = tuple(map(key_of, shown_after(cohorts)))
    return Chart(ChartKind.HEAT, "cohort", keys) if keys else None


def key_of(after: int) -> str:
    return f"after_{after}"


def name_of(cohort: Cohort) -> str:
    """`Nov 2026`."""
    return f"{cohort.month:%b %Y}"


def share_of(cohorts: Cohorts, cohort: Cohort, after: int, active: int, began: int) -> Fraction | None:
    """None before the month is over, and of nothing."""
    return Fraction(active, began) if began and cohorts.is_over(cohort, after) else None


def behind_began(
    cohorts: Cohorts, chosen: Sequence[Cohort], summed: str, currency: str | None = None
) -> Behind:
    """The lines with which these cohorts, one after another, began."""
    span = Period(chosen[0].month, cohorts.begins(chosen[-1]).last)
    asked = _currency_asked(cohorts, currency)
    return behind_moved(span, summed, [MovementKind.NEW], currency=asked)


def behind_after(
    cohorts: Cohorts, chosen: Sequence[Cohort], after: int, summed: str, currency: str | None = None
) -> Behind:
    """All lines of their supporters up to the end of the month so many after the one in which each began."""
    first, last = (each.month for each in (chosen[0], chosen[-1]))
    month = whole_month(months_after(last, after)).last.isoformat()
    words = {
        "sum": summed,
        "from": month,
        "to": month,
        "cohort": f"{first:%Y-%m}" if first == last else f"{first:%Y-%m}..{last:%Y-%m}",
        "after": str(after),
    }
    asked = _currency_asked(cohorts, currency)
    return Behind(RowsOf.MOVEMENTS, words if asked is None else words | {"currency": asked})


NOTES: Final = (_NOTE,)


def notes_of_people(cohorts: Cohorts) -> tuple[str, ...]:
    return NOTES if cohorts.filters.currency is None else (_NOTE, _PEOPLE_NOTE)


def told_after(cohorts: Cohorts) -> int | None:
    """The month after the first that a sentence tells of; None before there is any."""
    return next((after for after in _TOLD if any(each.began for each in cohorts.over(after))), None)


def months_later(after: int) -> str:
    """`a year later`, `6 months later`."""
    return {12: "a year later", 1: "a month later"}.get(after, f"{after} months later")


def few(people: int) -> str:
    """A warning where a share is of few people."""
    return f" That is of only {counted(people, 'person', 'people')}." if people < _FEW else ""


def _currency_asked(cohorts: Cohorts, currency: str | None) -> str | None:
    """An empty word takes away the currency that the page is asked for, where a figure is of all."""
    return "" if currency is None and cohorts.filters.currency is not None else currency
