"""What each goal has brought in, read for all of them at once from the daily sums by origin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Self

from sqlalchemy import ColumnElement, Select, Table, func, literal, select, union_all
from sqlalchemy.orm import Session

from donations.domain.goals import GoalState, Progress, Window
from donations.domain.money import Money
from donations.domain.movements import MovementKind
from donations.domain.periods import local_day
from donations.models import Goal, Origin
from donations.models.insert import table_of
from donations.models.rollups import DayMoneyByOrigin, DayMovementByOrigin
from donations.reports.filters import Filters

MOST_GOALS: Final = 40
"""Those that end last; the others are only listed where goals are kept."""

BEGINNINGS: Final = (MovementKind.NEW, MovementKind.REACTIVATED)
"""What begins a recurring gift of somebody who had none."""


@dataclass(frozen=True, slots=True)
class GoalFigures:
    """Amounts are minor units of the goal's currency."""

    goal: Goal
    today: date
    """The day as of which it is told."""
    gross: int = 0
    refunded: int = 0
    pledges: int = 0
    pledged: int = 0
    """A year's worth."""

    @property
    def currency(self) -> str:
        return self.goal.currency

    @property
    def window(self) -> Window:
        return window_of(self.goal)

    @property
    def state(self) -> GoalState:
        return self.window.state(self.today)

    @property
    def progress(self) -> Progress:
        return Progress(
            Money(self.goal.amount, self.currency),
            Money(self.gross - self.refunded, self.currency),
            self.window,
            self.today,
        )

    @classmethod
    def all(cls, session: Session, filters: Filters) -> tuple[Self, ...]:
        """Running ones first, then those to come, over and closed. What ends soonest stands first, and of
        what has ended, what ended last."""
        today = _today(filters)
        goals = session.scalars(_goals(filters)).all()
        money, pledges = _money(session, filters, goals), _pledges(session, filters, goals)
        found = [
            cls(goal, today, *money.get(goal.id, (0, 0)), *pledges.get(goal.id, (0, 0))) for goal in goals
        ]
        return tuple(sorted(found, key=cls._place))

    def _place(self) -> tuple[int, int, int]:
        last = self.goal.last_on.toordinal()
        is_over = self.state in {GoalState.OVER, GoalState.CLOSED}
        return _ORDER.index(self.state), -last if is_over else last, self.goal.id


_ORDER: Final = (GoalState.RUNNING, GoalState.COMING, GoalState.OVER, GoalState.CLOSED)


def window_of(goal: Goal) -> Window:
    return Window(goal.first_on, goal.last_on, goal.closed_on)


def _today(filters: Filters) -> date:
    """With "as known on", that day: what came later is not known yet."""
    today = local_day(filters.as_of, filters.zone)
    return today if filters.known_on is None else min(today, filters.known_on)


def _goals(filters: Filters) -> Select[Goal]:
    query = select(Goal).order_by(Goal.last_on.desc(), Goal.id.desc()).limit(MOST_GOALS)
    if filters.currency is not None:
        query = query.where(Goal.currency == filters.currency)
    return query if filters.campaign is None else query.where(Goal.campaign == filters.campaign)


def _money(session: Session, filters: Filters, goals: Sequence[Goal]) -> dict[int, tuple[int, ...]]:
    table = table_of(DayMoneyByOrigin)
    return _sums_of_each(session, filters, goals, table, ("gross", "refunded"))


def _pledges(session: Session, filters: Filters, goals: Sequence[Goal]) -> dict[int, tuple[int, ...]]:
    table = table_of(DayMovementByOrigin)
    return _sums_of_each(session, filters, goals, table, ("gifts", "annual"), table.c.kind.in_(BEGINNINGS))


def _sums_of_each(
    session: Session,
    filters: Filters,
    goals: Sequence[Goal],
    table: Table[Any],
    names: tuple[str, ...],
    *conditions: ColumnElement[bool],
) -> dict[int, tuple[int, ...]]:
    """Of its campaign's sums in its currency, on the days of its window so far. One part of the query for
    each goal, so that each is found by the index of origins, and none by reading all days."""
    parts: list[Select[*tuple[Any, ...]]] = []
    for goal in goals:
        days = window_of(goal).until(_today(filters))
        if days is not None:
            parts.append(
                select(literal(goal.id), *(func.sum(table.c[name]) for name in names)).where(
                    table.c.origin_id.in_(select(Origin.id).where(Origin.campaign == goal.campaign)),
                    table.c.zone == filters.zone.key,
                    table.c.currency == goal.currency,
                    table.c.day.between(days.first, days.last),
                    *conditions,
                    *([] if filters.known_on is None else [table.c.known_on <= filters.known_on]),
                )
            )
    if not parts:
        return {}
    # SUM is a Decimal on PostgreSQL, and NULL where there is nothing to sum.
    rows = session.execute(union_all(*parts)).all()
    return {goal: tuple(int(each or 0) for each in sums) for goal, *sums in rows}
