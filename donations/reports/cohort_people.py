"""How many of those who began in one month still give in the later ones."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from donations.reports.cohort_cells import (
    AFTER,
    COHORT_COLUMN,
    NOBODY,
    behind_after,
    behind_began,
    few,
    heat,
    key_of,
    month_columns,
    months_later,
    name_of,
    notes_of_people,
    share_of,
    shown_after,
    told_after,
)
from donations.reports.cohort_sums import Cohort, Cohorts
from donations.reports.movement_definitions import AVERAGE_RETENTION, COHORT, RETENTION
from donations.reports.movement_figures import standing
from donations.reports.table import Behind, Chart, ChartKind, Column, ColumnKind, Row, Table
from donations.reports.words import counted

_AVERAGE_COLUMNS: Final = (
    AFTER,
    Column("cohorts", "Cohorts", ColumnKind.COUNT, definition=COHORT),
    Column("began", "Supporters who began", ColumnKind.COUNT, definition=COHORT),
    Column("active", "Still active", ColumnKind.COUNT, definition=RETENTION),
    Column("share", "Share still active", ColumnKind.PERCENT, definition=AVERAGE_RETENTION),
)


def people_table(cohorts: Cohorts) -> Table:
    """One row a cohort, one column a month after its first."""
    rows: list[Row] = []
    behind: dict[tuple[int, str], Behind] = {}
    for cohort in cohorts.all if cohorts.has_any else ():
        behind[len(rows), "began"] = behind_began(cohorts, [cohort], "supporters")
        behind |= {
            (len(rows), key_of(after)): behind_after(cohorts, [cohort], after, "supporters")
            for after in shown_after(cohorts)
        }
        shares = (
            share_of(cohorts, cohort, after, cohort.active_after(after), cohort.began)
            for after in shown_after(cohorts)
        )
        rows.append((name_of(cohort), cohort.began, *shares))
    columns = (
        COHORT_COLUMN,
        Column("began", "Supporters", ColumnKind.COUNT, definition=COHORT),
        *month_columns(cohorts, RETENTION),
    )
    return Table(
        slug="people",
        title="Who still gives, by the month in which they began",
        sentence=_extremes(cohorts),
        columns=columns,
        rows=tuple(rows),
        notes=notes_of_people(cohorts),
        definitions=(COHORT, RETENTION),
        chart=heat(cohorts),
        behind=standing(columns, rows, behind),
    )


def average_of_people(cohorts: Cohorts) -> Table:
    """One row a month after the first, over all cohorts that have reached it."""
    rows: list[Row] = []
    behind: dict[tuple[int, str], Behind] = {}
    for after in range(cohorts.oldest + 1) if cohorts.has_any else ():
        over = cohorts.over(after)
        began, active = _sums(over, after)
        behind[len(rows), "began"] = behind_began(cohorts, over, "supporters")
        behind[len(rows), "active"] = behind_after(cohorts, over, after, "supporters")
        share = Fraction(active, began) if began else None
        rows.append((after, sum(bool(each.began) for each in over), began, active, share))
    return Table(
        slug="average",
        title="How many stay, on average",
        sentence=average_sentence(cohorts),
        columns=_AVERAGE_COLUMNS,
        rows=tuple(rows),
        notes=notes_of_people(cohorts),
        definitions=(AVERAGE_RETENTION, COHORT, RETENTION),
        chart=Chart(ChartKind.LINE, "after", ("share",)),
        behind=standing(_AVERAGE_COLUMNS, rows, behind),
    )


def average_sentence(cohorts: Cohorts) -> str:
    """What share stays for how long, on average."""
    if not cohorts.has_any:
        return NOBODY
    after = told_after(cohorts)
    if after is None:
        people = sum(each.began for each in cohorts.all)
        began = counted(people, "supporter")
        return f"{began.capitalize()} began to give regularly; no month after their first is over yet."
    began, active = _sums(cohorts.over(after), after)
    share = f"{float(Fraction(active, began) * 100):.1f} %"
    return f"Of those who began to give regularly, {share} still gave {months_later(after)}.{few(began)}"


def _extremes(cohorts: Cohorts) -> str:
    """The cohorts that kept most and least, if there are two."""
    after = told_after(cohorts)
    if not cohorts.has_any or after is None:
        return average_sentence(cohorts)
    shares = [
        (Fraction(each.active_after(after), each.began), name_of(each))
        for each in cohorts.over(after)
        if each.began
    ]
    (least, low), (most, high) = min(shares), max(shares)
    if least == most:
        return f"{months_later(after).capitalize()}, {float(most * 100):.1f} % of each cohort still gave."
    return (
        f"{months_later(after).capitalize()}, {float(most * 100):.1f} % of those who began in {high} still "
        f"gave, the most, and {float(least * 100):.1f} % of those of {low}, the least."
    )


def _sums(cohorts: Sequence[Cohort], after: int) -> tuple[int, int]:
    """Who began, and who of them was active then."""
    return sum(each.began for each in cohorts), sum(each.active_after(after) for each in cohorts)
