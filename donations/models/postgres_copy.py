"""Copy a PostgreSQL database and put a copy in the place of one, by PostgreSQL's own programs.

How to reach it, the password included, is handed to them in a file that only we can read: never on a
command line, which everybody on the machine sees. Of what they say, the first line is told, which names
no value.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Final

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from donations.domain.backups import BackupRefused, DatabaseKind
from donations.models.backup_facts import Facts, facts_of

_SERVICE: Final = "donations"
_BY_SERVICE: Final = f"--dbname=service={_SERVICE}"
_LONGEST_COMPLAINT: Final = 200
_BEFORE: Final = b"""\
SET client_min_messages = warning;
SET lock_timeout = '15s';
BEGIN;
DROP SCHEMA public CASCADE;
CREATE SCHEMA public;
"""
_AFTER: Final = b"\nCOMMIT;\n"


def copy_out(engine: Engine, session: Session, target: Path) -> Facts:
    """Make `target` a copy of the state that `session`, a repeatable read, sees, and its counts tell of."""
    facts = facts_seen_by(session)
    snapshot = str(session.scalar(text("SELECT pg_export_snapshot()")))
    options = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}")
    with _service(engine) as environment:
        _run("pg_dump", (*options, f"--file={target}", _BY_SERVICE), environment)
    return facts


def check(copy: Path) -> None:
    """Raises BackupRefused where PostgreSQL's programs don't understand the copy, or are not there."""
    _program("psql")
    _run("pg_restore", ("--list", str(copy)), dict(os.environ))


def copy_in(engine: Engine, copy: Path) -> None:
    """Put the state of `copy` in the place of all there is, in one transaction: all of it, or nothing.

    Rights that others were granted are not part of a copy.
    """
    unpacking = (_program("pg_restore"), "--file=-", "--no-owner", "--no-privileges", str(copy))
    applying = (_program("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", _BY_SERVICE)
    with (
        _service(engine) as environment,
        TemporaryDirectory() as folder,
        (Path(folder) / "said").open("w+b") as said,
        subprocess.Popen(  # noqa: S603 - a list, without a shell
            applying, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said
        ) as psql,
    ):
        assert psql.stdin is not None
        # One that ended early has said why.
        with suppress(BrokenPipeError), psql.stdin as pipe:
            _pour(unpacking, pipe)
        if psql.wait() != 0:
            raise BackupRefused(_sentence("psql", _beginning(said)))


def _pour(unpacking: Sequence[str], into: IO[bytes]) -> None:
    """The commit follows only on a copy that was unpacked to its end; without it, nothing is changed."""
    with subprocess.Popen(unpacking, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as unpacker:  # noqa: S603
        assert unpacker.stdout is not None
        into.write(_BEFORE)
        shutil.copyfileobj(unpacker.stdout, into)
        if unpacker.wait() != 0:
            raise BackupRefused("The copy could not be unpacked to its end. Nothing was changed.")
    into.write(_AFTER)


def facts_seen_by(session: Session) -> Facts:
    return facts_of(lambda statement: session.execute(text(statement)).all(), DatabaseKind.POSTGRESQL)


def _run(program: str, options: Sequence[str], environment: dict[str, str]) -> None:
    command = (_program(program), *options)
    ended = subprocess.run(command, env=environment, capture_output=True, check=False)  # noqa: S603
    if ended.returncode != 0:
        raise BackupRefused(_sentence(program, ended.stderr))


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise BackupRefused(
            f"{name} is not here. Backups of PostgreSQL are made by its own programs (Debian's package"
            " postgresql-client), of the server's version or a newer one."
        )
    return found


def _beginning(said: IO[bytes]) -> bytes:
    said.seek(0)
    return said.read(10_000)


def _sentence(program: str, said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    return f"{program} failed: {lines[0][:_LONGEST_COMPLAINT] if lines else 'it did not say why'}"


@contextmanager
def _service(engine: Engine) -> Generator[dict[str, str]]:
    """An environment in which the service is known that stands for the database of `engine`."""
    _arguments, found = engine.dialect.create_connect_args(engine.url)
    parameters = {name: value for name, value in found.items() if name != "context"}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "service.conf"
        path.touch(mode=0o600)
        lines = (f"{name}={value}" for name, value in parameters.items())
        path.write_text("\n".join((f"[{_SERVICE}]", *lines, "")))
        yield {**os.environ, "PGSERVICEFILE": str(path)}
