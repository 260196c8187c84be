"""Where sums are put: the tables themselves, or temporary ones that will take their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from sqlalchemy import MetaData, Select, Table, func, literal, select, text, true
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import FromClause

from donations.models import rollups
from donations.models.base import Base
from donations.models.insert import insert_into_table, table_of

TABLES: Final[tuple[type[Base], ...]] = (
    rollups.DayMoney,
    rollups.DayMoneyByOrigin,
    rollups.MonthMoney,
    rollups.MonthMoneyByOrigin,
    rollups.DaySettlement,
    rollups.DayAmount,
    rollups.MonthAmount,
    rollups.DayMovement,
    rollups.DayMovementByOrigin,
    rollups.MonthMovement,
    rollups.MonthMovementByOrigin,
    rollups.CohortMonth,
    rollups.DayFailure,
    rollups.DayStep,
    rollups.SupporterGiving,
    rollups.SupporterYear,
    rollups.SupporterValue,
    rollups.GivingYears,
    rollups.LastGiftDay,
    rollups.SupporterKinds,
    rollups.OriginValue,
    rollups.GiftState,
    rollups.GiftStates,
)
_OTHER_ZONES: Final = ("Europe/Moscow", "UTC")

Facts = Select[*tuple[Any, ...]]
"""A query of named columns, whatever they are."""

Ids = Sequence[int] | None
"""Which rows: these, or all."""


def zones_of(report_zone: ZoneInfo) -> tuple[ZoneInfo, ...]:
    """The zones that reports may be asked for, that of the books first."""
    return tuple(map(ZoneInfo, dict.fromkeys((report_zone.key, *_OTHER_ZONES))))


@dataclass(frozen=True, slots=True)
class Targets:
    """A table for each rollup."""

    tables: dict[type[Base], Table]

    @classmethod
    def themselves(cls) -> Self:
        return cls({model: table_of(model) for model in TABLES})

    @classmethod
    def temporary(cls) -> Self:
        """Of the same columns, to be created on a connection by `create`."""
        apart = MetaData()
        return cls(
            {
                model: table_of(model).to_metadata(apart, name=f"new_{table_of(model).name}")
                for model in TABLES
            }
        )

    def create(self, session: Session) -> None:
        """Empty temporary tables, unique by the key, which ON CONFLICT needs."""
        for model, table in self.tables.items():
            keys = ", ".join(key.name for key in table.primary_key)
            shape = f"SELECT * FROM {table_of(model).name} WHERE 1 = 0"  # noqa: S608 - names of our own tables
            session.execute(text(f"CREATE TEMPORARY TABLE {table.name} AS {shape}"))
            session.execute(text(f"CREATE UNIQUE INDEX key_of_{table.name} ON {table.name} ({keys})"))

    def __getitem__(self, model: type[Base]) -> Table:
        return self.tables[model]


def add(session: Session, target: Table, facts: FromClause, sign: int = 1) -> None:
    """Add facts to the sums of `target`: its key is what they are grouped by, the rest is summed.

    What the facts do not name is nothing. A sign of -1 takes them off.
    """
    keys = [column.name for column in target.primary_key]
    sums = [column.name for column in target.columns if not column.primary_key]
    grouped = (
        select(
            *(facts.c[key] for key in keys),
            *(func.sum(facts.c[name]) * sign if name in facts.c else literal(0) for name in sums),
        )
        # SQLite would take ON CONFLICT for the condition of a join without a WHERE.
        .where(true())
        .group_by(*(facts.c[key] for key in keys))
    )
    statement = insert_into_table(session, target).from_select([*keys, *sums], grouped)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=keys, set_={name: target.c[name] + statement.excluded[name] for name in sums}
        )
    )


def fill(session: Session, target: Table, rows: Facts) -> None:
    """Insert the rows of a query, whose columns are named as those of `target`."""
    names = [column.name for column in rows.selected_columns]
    session.execute(insert_into_table(session, target).from_select(names, rows))
