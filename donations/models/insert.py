"""Insert on conflict do nothing, in the words that both databases share."""

from __future__ import annotations

from typing import Any

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from donations.models.base import Base


def insert_into(session: Session, model: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """An INSERT of the session's own dialect, which knows ON CONFLICT."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(model)
    return sqlite.insert(model)


def insert_if_absent(session: Session, model: type[Base], values: dict[str, Any]) -> bool:
    """Insert one row unless a unique constraint says that it is there. True where it was inserted."""
    key = inspect(model).primary_key
    statement = insert_into(session, model).values(values).on_conflict_do_nothing().returning(*key)
    return session.execute(statement).first() is not None
