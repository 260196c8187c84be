"""Connections and transactions, the same on SQLite and PostgreSQL.

SQLite's defaults lose updates: pysqlite begins late, and a transaction that read before it
writes fails at once with SQLITE_BUSY_SNAPSHOT, whatever the timeout. So `writing()` begins with
BEGIN IMMEDIATE; `reading()` opts out. Both note that a transaction is open, so that the gateway
can refuse to call out while one is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from inspect import iscoroutinefunction
from typing import Any

from flask.sansio.app import App
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session


class _Database(SQLAlchemy):
    """Without the closing of asynchronous sessions, of which we have none: Flask would make an event
    loop for it at the end of each request."""

    def init_app(self, app: App) -> None:
        super().init_app(app)
        app.teardown_appcontext_funcs = [
            each for each in app.teardown_appcontext_funcs if not iscoroutinefunction(each)
        ]


db = _Database(session_options={"expire_on_commit": False})

_READ_ONLY = "donations_read_only"
_PATIENCE_MS = 15_000
_open_transactions: ContextVar[int] = ContextVar("open_transactions", default=0)


def engine_options(url: str) -> dict[str, Any]:
    """What `create_engine` needs for `url`; a PostgreSQL address is always spoken to by psycopg."""
    parsed = make_url(url)
    # Parameters stay out of error messages, and so out of logs.
    shared = {"hide_parameters": True, "pool_pre_ping": True}
    if parsed.get_backend_name() == "postgresql":
        return shared | {"url": parsed.set(drivername="postgresql+psycopg"), "pool_size": 10}
    return shared | {"url": parsed, "connect_args": {"timeout": _PATIENCE_MS / 1000}}


@contextmanager
def writing(on: Connection | None = None) -> Generator[Session]:
    """One transaction that may write; committed at the end, rolled back by an exception."""
    with _session(on) as session, _marked_open(), session.begin():
        if on is not None:
            session.connection(execution_options={_READ_ONLY: False})
        yield session


@contextmanager
def reading(on: Connection | None = None) -> Generator[Session]:
    """One consistent look at the data: what others write meanwhile is not seen, and nobody waits for it."""
    options: dict[str, Any] = {_READ_ONLY: True}
    if db.engine.dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"
    with _session(on) as session, _marked_open(), session.begin():
        session.connection(execution_options=options)
        yield session


@contextmanager
def one_connection() -> Generator[Connection]:
    """For `reading` and then `writing` on the same: temporary tables last from one to the other.

    It is closed at the end and never used again, or they would last longer.
    """
    with db.engine.connect() as connection:
        try:
            yield connection
        finally:
            connection.invalidate()


def _session(on: Connection | None) -> Session:
    return db.sessionmaker() if on is None else db.sessionmaker(bind=on)


def empty_log() -> bool:
    """Bring what was overwritten out of SQLite's log too; False while somebody reads an older state.

    `secure_delete` wipes the database's pages, but the log keeps the versions before until it is begun
    anew. Waits a second only, because nobody can write meanwhile.
    """
    if db.engine.dialect.name != "sqlite":
        return True
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=1000")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        answer: Any = cursor.fetchone()
        cursor.execute(f"PRAGMA busy_timeout={_PATIENCE_MS}")
        cursor.close()
    finally:
        connection.close()
    is_busy, _frames, _moved = answer
    return not is_busy


def is_in_transaction() -> bool:
    """Whether this thread of work has a transaction open now."""
    return _open_transactions.get() > 0


@contextmanager
def _marked_open() -> Generator[None]:
    token = _open_transactions.set(_open_transactions.get() + 1)
    try:
        yield
    finally:
        _open_transactions.reset(token)


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: object) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # We say BEGIN ourselves.
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={_PATIENCE_MS}",
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    read_only = connection.get_execution_options().get(_READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
