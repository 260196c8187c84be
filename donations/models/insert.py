"""Insert on conflict do nothing, in the words that both databases share."""

from __future__ import annotations

from typing import Any, TypeAlias, cast

from sqlalchemy import Table, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from donations.models.base import Base

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
    """Insert one row unless a unique constraint says that it is there. True where it was inserted."""
    key = inspect(model).primary_key
    statement = insert_into(session, model).values(values).on_conflict_do_nothing().returning(*key)
    return session.execute(statement).first() is not None
