"""Sums over rows that change: what a row was is taken off them, and what it is now is added."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import FromClause

from donations.models.base import Base
from donations.services.rollups.target import Facts, Ids, Targets, add, fill


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of a detail: which table, and what each of its rows adds."""

    model: type[Base]
    facts: Callable[[FromClause], Facts]


@dataclass(frozen=True, slots=True)
class Detail:
    """A table with the lines of one thing each, and the sums of these lines."""

    model: type[Base]
    key: str
    """The column that names the thing."""
    rows: Callable[[Targets, Ids], Facts]
    """The lines as they should be now."""
    totals: tuple[Totals, ...] = ()

    def renew(self, session: Session, targets: Targets, ids: Ids) -> None:
        """The lines of these things anew; of all, into tables that are empty."""
        table = targets[self.model]
        if ids is not None:
            self._add(session, targets, ids, -1)
            session.execute(delete(table).where(table.c[self.key].in_(ids)))
        fill(session, table, self.rows(targets, ids))
        self._add(session, targets, ids, 1)

    def _add(self, session: Session, targets: Targets, ids: Ids, sign: int) -> None:
        table = targets[self.model]
        for total in self.totals:
            lines = select(table) if ids is None else select(table).where(table.c[self.key].in_(ids))
            add(session, targets[total.model], total.facts(lines.subquery()).subquery(), sign)
