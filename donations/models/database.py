"""Connections and transactions, the same on SQLite and PostgreSQL.

SQLite's defaults lose updates: pysqlite begins late, and a transaction that read before it
writes fails at once with SQLITE_BUSY_SNAPSHOT, whatever the timeout. So `writing()` begins with
BEGIN IMMEDIATE; `reading()` opts out. Both note that a transaction is open, so that the gateway
can refuse to call out while one is.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from inspect import iscoroutinefunction
from typing import Any, Final, TypeVar

import psycopg
from flask.sansio.app import App
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import Connection, Dialect, Engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from donations.models.one_writer import OneWriter
from donations.models.ready import ReadyStatement


class _Database(SQLAlchemy):
    """Without the closing of asynchronous sessions, of which we have none: Flask would make an event
    loop for it at the end of each request."""

    def init_app(self, app: App) -> None:
        super().init_app(app)
        app.teardown_appcontext_funcs = [
            each for each in app.teardown_appcontext_funcs if not iscoroutinefunction(each)
        ]


db = _Database(session_options={"expire_on_commit": False})

Result = TypeVar("Result")

_READ_ONLY = "donations_read_only"
_PATIENCE_MS = 15_000
_RESTED: Final = "donations_rested_since"
_FRESH_S: Final = 1.0
"""A connection that rested no longer is taken to live: asking it is a round trip each time."""
_open_transactions: ContextVar[int] = ContextVar("open_transactions", default=0)


def engine_options(url: str) -> dict[str, Any]:
    """What `create_engine` needs for `url`; a PostgreSQL address is always spoken to by psycopg."""
    parsed = make_url(url)
    # Parameters stay out of error messages, and so out of logs.
    shared = {"hide_parameters": True}
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
    """One consistent look at the data: what others write meanwhile is not seen, and nobody waits for it.

    It begins with the first question, so a look that asks nothing costs nothing.
    """
    if on is None:
        with db.sessionmaker(bind=_reading_engine(db.engine)) as session, _marked_open(), session.begin():
            yield session
        return
    with _session(on) as session, _marked_open(), session.begin():
        session.connection(execution_options=_reading_options(on.dialect))
        yield session


@contextmanager
def at_once() -> Generator[Connection]:
    """For a single statement, which is a transaction by itself on PostgreSQL: one round trip in all.

    On SQLite it is one transaction that may write, committed at the end.
    """
    with db.engine.connect() as connection, _marked_open():
        driver = connection.connection.dbapi_connection
        if isinstance(driver, psycopg.Connection):
            context = _autocommit(driver)
        else:
            assert isinstance(driver, sqlite3.Connection)
            context = _immediate(connection, driver)
        with context:
            yield connection


def write_at_once(work: Callable[[Connection], Result]) -> Result:
    """The same for many threads at a time, which on SQLite wait for the disk together."""
    if db.engine.dialect.name == "sqlite":
        return _line_of(db.engine).write(at_once, work)
    with at_once() as connection:
        return work(connection)


@lru_cache(maxsize=4)
def _line_of(_engine: Engine) -> OneWriter:
    return OneWriter()


@contextmanager
def asking() -> Generator[Connection]:
    """For a single question, which on PostgreSQL is one round trip in all. Nobody waits for it."""
    with db.engine.connect() as connection, _marked_open():
        driver = connection.connection.dbapi_connection
        if isinstance(driver, psycopg.Connection):
            with _autocommit(driver):
                yield connection
        else:
            yield connection.execution_options(**{_READ_ONLY: True})


@contextmanager
def _autocommit(driver: psycopg.Connection[Any]) -> Generator[None]:
    """Said to the driver itself: SQLAlchemy's way there and back takes longer than the statement."""
    driver.autocommit = True
    try:
        yield
    finally:
        if not driver.closed:
            driver.autocommit = False


@contextmanager
def _immediate(connection: Connection, driver: sqlite3.Connection) -> Generator[None]:
    """The same of SQLite, where it takes a transaction."""
    _ready_words("BEGIN IMMEDIATE", connection.dialect).first(connection, {})
    try:
        yield
        _ready_words("COMMIT", connection.dialect).first(connection, {})
    finally:
        if driver.in_transaction:
            driver.rollback()


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


def _reading_options(dialect: Dialect) -> dict[str, Any]:
    options: dict[str, Any] = {_READ_ONLY: True}
    if dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"
    return options


@lru_cache(maxsize=4)
def _reading_engine(engine: Engine) -> Engine:
    """The same pool; each connection of it reads only."""
    return engine.execution_options(**_reading_options(engine.dialect))


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
    driver = connection.connection.dbapi_connection
    if isinstance(driver, sqlite3.Connection) and driver.in_transaction:
        return  # It was said to the driver itself.
    read_only = connection.get_execution_options().get(_READ_ONLY, False)
    _ready_words("BEGIN" if read_only else "BEGIN IMMEDIATE", connection.dialect).first(connection, {})


@lru_cache(maxsize=8)
def _ready_words(words: str, dialect: Dialect) -> ReadyStatement:
    return ReadyStatement(text(words), dialect)


@event.listens_for(Engine, "checkin")
def _rest(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info[_RESTED] = time.monotonic()


@event.listens_for(Engine, "checkout")
def _find_out_whether_it_lives(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """A database that was restarted has cut off what rested: all of it is made anew."""
    rested_since = record.info.get(_RESTED)
    if rested_since is None or time.monotonic() - rested_since < _FRESH_S:
        return
    if not isinstance(connection, psycopg.Connection):
        return
    try:
        connection.autocommit = True
        connection.execute("")
        connection.autocommit = False
    except psycopg.Error as error:
        raise InvalidatePoolError from error
