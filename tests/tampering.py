"""Do to the database what none of our code does, and what its triggers would refuse."""

from __future__ import annotations

from sqlalchemy import text

from donations.models.database import db, writing


def tamper(*statements: str) -> None:
    """As somebody would who owns the database and can put its triggers aside."""
    is_postgres = db.engine.dialect.name == "postgresql"
    with writing() as session:
        if is_postgres:
            session.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            triggers = session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
            for name in triggers.scalars().all():
                session.execute(text(f"DROP TRIGGER {name}"))
        for statement in statements:
            session.execute(text(statement))
