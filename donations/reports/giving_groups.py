"""Groups of supporters by the years in which they gave, said once: of the sums and of the supporters.

Everything is told by a line for each year in which somebody gave, with the years of their gifts before and
after it. A supporter who gave last in some year, as far as another goes, has one line whose next year is
none, or lies beyond.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, and_, case, func, or_, select
from sqlalchemy.orm import Session

from donations.models.insert import table_of
from donations.models.rollups import GivingYears

NEVER: Final = 0
"""As the year before the first, or after the last."""
DEEPLY_LAPSED_AFTER: Final = 2
LOST_AFTER: Final = 5
"""Years since the last one with a gift, from the first of the one group to the last of it."""


class Group(StrEnum):
    """In a year. The values are words of addresses."""

    GAVE = "gave"
    NEW = "new"
    CONSECUTIVE = "consecutive"
    REACTIVATED = "reactivated"
    LAPSED = "lapsed"
    DEEPLY_LAPSED = "deeply-lapsed"
    LOST = "lost"
    BEFORE = "before"
    """Gave in the year before."""
    FIRST_BEFORE = "first-before"
    """Of these, those for whom it was the first."""
    REPEAT_BEFORE = "repeat-before"
    KEPT = "kept"
    """Gave in the year before and in this one."""
    FIRST_KEPT = "first-kept"
    REPEAT_KEPT = "repeat-kept"


def is_in(group: Group, year: int, table: Table[Any]) -> ColumnElement[bool]:
    """Whether a line of `supporter_year`, or a sum of such lines, is of the group."""
    return _CONDITIONS[group](table.c, year)


def count_groups(
    session: Session, years: Iterable[int], groups: Iterable[Group] = tuple(Group)
) -> Mapping[tuple[Group, int], int]:
    """How many supporters each group has in each year."""
    table = table_of(GivingYears)
    keys = [(group, year) for year in years for group in groups]
    if not keys:
        return {}
    numbers = [func.sum(case((is_in(*key, table), table.c.supporters), else_=0)) for key in keys]
    found = session.execute(select(*numbers)).one()
    return {key: int(number or 0) for key, number in zip(keys, found, strict=True)}


def first_year(session: Session) -> int | None:
    """The first in which anybody gave; None where nobody did."""
    return session.scalar(select(func.min(GivingYears.year)).where(GivingYears.supporters > 0))


_Condition = Callable[[Any, int], ColumnElement[bool]]


def _gave_no_more(columns: Any, year: int) -> ColumnElement[bool]:
    return or_(columns.next_year == NEVER, columns.next_year > year)


def _lapsed(first: int, last: int) -> _Condition:
    """Gave last so many years before."""
    return lambda columns, year: and_(
        columns.year.between(year - last, year - first), _gave_no_more(columns, year)
    )


def _before(*, is_first: bool, is_kept: bool) -> _Condition:
    def condition(columns: Any, year: int) -> ColumnElement[bool]:
        earlier = columns.previous_year == NEVER if is_first else columns.previous_year != NEVER
        kept = (columns.next_year == year,) if is_kept else ()
        return and_(columns.year == year - 1, earlier, *kept)

    return condition


_CONDITIONS: Final[Mapping[Group, _Condition]] = {
    Group.GAVE: lambda columns, year: columns.year == year,
    Group.NEW: lambda columns, year: and_(columns.year == year, columns.previous_year == NEVER),
    Group.CONSECUTIVE: lambda columns, year: and_(columns.year == year, columns.previous_year == year - 1),
    Group.REACTIVATED: lambda columns, year: and_(
        columns.year == year, columns.previous_year.between(NEVER + 1, year - 2)
    ),
    Group.LAPSED: _lapsed(1, 1),
    Group.DEEPLY_LAPSED: _lapsed(DEEPLY_LAPSED_AFTER, LOST_AFTER),
    Group.LOST: lambda columns, year: and_(columns.year < year - LOST_AFTER, _gave_no_more(columns, year)),
    Group.BEFORE: lambda columns, year: columns.year == year - 1,
    Group.FIRST_BEFORE: _before(is_first=True, is_kept=False),
    Group.REPEAT_BEFORE: _before(is_first=False, is_kept=False),
    Group.KEPT: lambda columns, year: and_(columns.year == year - 1, columns.next_year == year),
    Group.FIRST_KEPT: _before(is_first=True, is_kept=True),
    Group.REPEAT_KEPT: _before(is_first=False, is_kept=True),
}
