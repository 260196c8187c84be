"""Insert on conflict do nothing, in the words that both databases share."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeAlias, cast

from sqlalchemy import Dialect, Table, literal
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from donations.models.base import Base
from donations.models.ready import ReadyStatement, parameters_for

Upsert: TypeAlias = "sqlite.Insert | postgresql.Insert"


def insert_into(session: Session, model: type[Base]) -> Upsert:
    """An INSERT of the session's own dialect, which knows ON CONFLICT."""
    return insert_into_table(session, table_of(model))


def insert_into_table(session: Session, table: Table[Any]) -> Upsert:
    """The same, for a table that no model describes."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def table_of(model: type[Base]) -> Table[Any]:
    """The table that a model describes."""
    return cast("Table[Any]", model.__table__)


def insert_if_absent(session: Session, model: type[Base], values: dict[str, Any]) -> bool:
    """Insert one row unless a unique constraint says that it is there. True where it was inserted.

    `values` are what the row holds, never expressions; what it refers to must have been flushed.
    """
    connection = session.connection()
    insert = _ready_insert(model, tuple(values), connection.dialect)
    return insert.first(connection, values) is not None


@lru_cache(maxsize=128)
def _ready_insert(model: type[Base], names: tuple[str, ...], dialect: Dialect) -> ReadyStatement:
    table = table_of(model)
    given = parameters_for({name: table.c[name] for name in names})
    dialects = postgresql if dialect.name == "postgresql" else sqlite
    statement = dialects.insert(table).values(_defaults(table) | given)
    return ReadyStatement(statement.on_conflict_do_nothing().returning(*table.primary_key), dialect)


def _defaults(table: Table[Any]) -> dict[str, Any]:
    """What a column holds that nothing is said of; a plain value in all of our tables."""
    return {
        column.name: literal(column.default.arg, column.type)
        for column in table.columns
        if column.default is not None and column.default.is_scalar
    }
