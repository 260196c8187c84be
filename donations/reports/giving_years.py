"""Who gave in a calendar year, who gave again, and who did not: a row for each year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from sqlalchemy.orm import Session

from donations.reports.filters import Filters
from donations.reports.freshness import day_of_books
from donations.reports.giving_definitions import (
    CONSECUTIVE,
    DEEPLY_LAPSED,
    GAVE,
    LAPSED,
    LOST,
    NEW,
    REACTIVATED,
    RETENTION,
    YEARS,
)
from donations.reports.giving_groups import Group, count_groups, first_year
from donations.reports.table import Behind, Chart, ChartKind, Column, ColumnKind, Definition, RowsOf, Table
from donations.reports.words import counted, listed, share

MOST_YEARS: Final = 10

_YEAR: Final = Column("year", "Year", ColumnKind.TEXT)
_LIFECYCLE: Final[tuple[tuple[Group, str, Definition], ...]] = (
    (Group.GAVE, "Gave", GAVE),
    (Group.NEW, "New", NEW),
    (Group.CONSECUTIVE, "Consecutive", CONSECUTIVE),
    (Group.REACTIVATED, "Reactivated", REACTIVATED),
    (Group.LAPSED, "Lapsed", LAPSED),
    (Group.DEEPLY_LAPSED, "Deep lapsed", DEEPLY_LAPSED),
    (Group.LOST, "Lost", LOST),
)
_RETENTION: Final[tuple[tuple[Group, Group, str, str], ...]] = (
    (Group.BEFORE, Group.KEPT, "retention", "Gave the year before"),
    (Group.FIRST_BEFORE, Group.FIRST_KEPT, "first_retention", "First-year"),
    (Group.REPEAT_BEFORE, Group.REPEAT_KEPT, "repeat_retention", "Repeat"),
)
"""Those who could be kept, those who were, and how the share and its basis are called."""


@dataclass(frozen=True, slots=True)
class Years:
    """What is known of the years shown, the last of which may still run."""

    shown: range
    last: int
    is_running: bool
    _numbers: Mapping[tuple[Group, int], int]

    @classmethod
    def of(cls, session: Session, filters: Filters) -> Years:
        """At most ten, up to the one in which the period ends."""
        last, first = filters.period.last.year, first_year(session)
        begin = last + 1 if first is None else max(first, last - MOST_YEARS + 1)
        shown = range(begin, last + 1)
        today = day_of_books(session, filters.as_of, filters.zone)
        return cls(shown, last, last >= today.year, count_groups(session, shown))

    def number(self, group: Group, year: int) -> int:
        return self._numbers.get((group, year), 0)

    def last_number(self, group: Group) -> int:
        return self.number(group, self.last)

    def name(self, year: int) -> str:
        """`2025`, `2026 so far`."""
        return f"{year} so far" if self.is_running and year == self.last else str(year)

    def retention(self, before: Group, kept: Group, year: int) -> Fraction | None:
        """None where there was nobody to keep."""
        basis = self.number(before, year)
        return Fraction(self.number(kept, year), basis) if basis else None


def lifecycle_table(years: Years) -> Table:
    """How many were new, came again or came back, and how many had gone by then."""
    columns = tuple(Column(group, label, ColumnKind.COUNT, definition=it) for group, label, it in _LIFECYCLE)
    groups = tuple(group for group, *_ in _LIFECYCLE)
    return Table(
        slug="lifecycle",
        title="Who gave, year by year",
        sentence=lifecycle_sentence(years),
        columns=(_YEAR, *columns),
        rows=tuple(
            (years.name(year), *(years.number(group, year) for group in groups)) for year in years.shown
        ),
        notes=_running_note(years, "Lapsed this year are so far all who have not given again yet."),
        definitions=(YEARS,),
        chart=Chart(
            ChartKind.STACKED, _YEAR.key, (Group.NEW.value, Group.CONSECUTIVE.value, Group.REACTIVATED.value)
        ),
        behind=_behind(years, groups),
    )


def retention_table(years: Years) -> Table:
    """How many of those who gave in a year gave again in the next."""
    columns: list[Column] = [_YEAR]
    for before, kept, key, label in _RETENTION:
        columns += [
            Column(before, label, ColumnKind.COUNT),
            Column(kept, "Gave again", ColumnKind.COUNT),
            Column(key, "Kept", ColumnKind.PERCENT, definition=RETENTION),
        ]
    return Table(
        slug="donor-retention",
        title="Donor retention",
        sentence=_retention_sentence(years),
        columns=tuple(columns),
        rows=tuple(_retention_row(years, year) for year in years.shown),
        notes=_running_note(years, "Its share can only grow until the year is over."),
        definitions=(YEARS,),
        chart=Chart(
            ChartKind.LINE,
            _YEAR.key,
            tuple(key for _, _, key, _ in _RETENTION),
            {"retention": "All", "first_retention": "First-year", "repeat_retention": "Repeat"},
        ),
        behind=_behind(years, tuple(group for pair in _RETENTION for group in pair[:2])),
    )


def lifecycle_sentence(years: Years) -> str:
    """The last year in one sentence."""
    gave, lapsed = years.last_number(Group.GAVE), years.last_number(Group.LAPSED)
    name, before = years.name(years.last), years.last - 1
    if not gave and not lapsed:
        return f"Nobody gave in {name}, or in {before}."
    parts = (
        f"{years.last_number(Group.NEW):,} new",
        f"{years.last_number(Group.CONSECUTIVE):,} who gave in {before} too",
        f"{years.last_number(Group.REACTIVATED):,} who came back",
    )
    given = f"In {name}, {counted(gave, 'supporter')} gave"
    first = f"{given}: {listed(parts)}." if gave else f"{given}."
    not_again = "have not given again yet" if years.is_running else "did not give again"
    return f"{first} Of those who gave in {before}, {lapsed:,} {not_again}."


def _retention_sentence(years: Years) -> str:
    name, before = years.name(years.last), years.last - 1
    basis, kept = years.last_number(Group.BEFORE), years.last_number(Group.KEPT)
    if not basis:
        return f"Nobody gave in {before}, so nobody could give again in {name}."
    parts = [
        f"{share(part)} of {who}"
        for group, of_these, who in (
            (Group.FIRST_BEFORE, Group.FIRST_KEPT, "those who gave for the first time then"),
            (Group.REPEAT_BEFORE, Group.REPEAT_KEPT, "the others"),
        )
        if (part := years.retention(group, of_these, years.last)) is not None
    ]
    again = f"Of {counted(basis, 'supporter')} who gave in {before}, {kept:,} gave again in {name}"
    return f"{again}, or {share(Fraction(kept, basis))}: {listed(parts)}."


def _retention_row(years: Years, year: int) -> tuple[str | int | Fraction | None, ...]:
    cells: list[str | int | Fraction | None] = [years.name(year)]
    for before, kept, _, _ in _RETENTION:
        cells += [years.number(before, year), years.number(kept, year), years.retention(before, kept, year)]
    return tuple(cells)


def _running_note(years: Years, note: str) -> tuple[str, ...]:
    return (f"{years.last} is still running. {note}",) if years.is_running and years.shown else ()


def _behind(years: Years, groups: tuple[Group, ...]) -> dict[tuple[int, str], Behind]:
    return {
        (number, group.value): Behind(RowsOf.SUPPORTERS, {"group": group.value, "year": str(year)})
        for number, year in enumerate(years.shown)
        for group in groups
    }
