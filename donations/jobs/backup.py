"""Make a backup: a folder with a copy of the database and a manifest, for nobody else to read.

It is whole or it is not there: it gets its name when everything is on the disk.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

import structlog

from donations.domain.backups import BackupRefused, DatabaseKind, Manifest
from donations.models import postgres_copy, sqlite_copy
from donations.models.backup_facts import Facts
from donations.models.database import db, reading
from donations.runtime import Runtime

log = structlog.get_logger("donations.jobs.backup")

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much; of 0 where that is not known."""

MANIFEST: Final = "manifest.json"
COPIES: Final = {DatabaseKind.SQLITE: "database.sqlite", DatabaseKind.POSTGRESQL: "database.dump"}
"""By themselves as good as any: SQLite opens the one, pg_restore the other."""

_OWNER_ONLY: Final = 0o600
_FOLDER_OF_OWNER: Final = 0o700
_BLOCK: Final = 1 << 20


def kind_in_use() -> DatabaseKind:
    return DatabaseKind(db.engine.dialect.name)


def sqlite_file() -> Path:
    """Where SQLite's database is. Raises BackupRefused for one that is in memory."""
    if not db.engine.url.database:
        raise BackupRefused("A database in memory cannot be backed up or replaced.")
    return Path(db.engine.url.database)


def back_up(runtime: Runtime, target: Path, progress: Progress) -> Manifest:
    """Make `target`, which must not be there yet. Others go on working. Raises BackupRefused."""
    if target.exists():
        raise BackupRefused("There is something of this name already. Nothing was overwritten.")
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    draft.mkdir(mode=_FOLDER_OF_OWNER, parents=True)
    try:
        manifest = _make(runtime, draft, progress)
        draft.rename(target)
    except BaseException:
        shutil.rmtree(draft)
        raise
    _sync(target.parent)
    log.info("backup_made", count=sum(manifest.rows.values()))
    return manifest


def digest(path: Path, progress: Progress) -> str:
    """SHA-256 of a file."""
    size, read, found = path.stat().st_size, 0, hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found.update(block)
            read += len(block)
            progress("Checksum", read, size)
    return found.hexdigest()


def private_file(path: Path) -> Path:
    """Made empty for its owner only, before anything is written to it."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _OWNER_ONLY))
    return path


def _make(runtime: Runtime, folder: Path, progress: Progress) -> Manifest:
    # Taken before the copying: what happens meanwhile may be in the copy, and is looked for all the same.
    begun_at, kind = runtime.now(), kind_in_use()
    copy = private_file(folder / COPIES[kind])
    facts = _copy(kind, copy, progress)
    if facts.revision is None:
        raise BackupRefused("There is nothing to back up: this database was never set up.")
    manifest = Manifest(
        kind=kind,
        revision=facts.revision,
        begun_at=begun_at,
        rows=facts.rows,
        erased=facts.erased,
        size=copy.stat().st_size,
        sha256=digest(copy, progress),
    )
    private_file(folder / MANIFEST).write_text(manifest.written())
    for path in (copy, folder / MANIFEST, folder):
        _sync(path)
    return manifest


def _copy(kind: DatabaseKind, copy: Path, progress: Progress) -> Facts:
    if kind is DatabaseKind.SQLITE:
        return _copy_sqlite(copy, progress)
    progress("Copying", 0, 0)
    with reading() as session:
        return postgres_copy.copy_out(db.engine, session, copy)


def _copy_sqlite(copy: Path, progress: Progress) -> Facts:
    source = sqlite_file()
    if not source.exists():
        raise BackupRefused("There is nothing to back up: this database is not there.")
    try:
        return sqlite_copy.copy_out(source, copy, lambda done, of: progress("Copying", done, of))
    except sqlite3.DatabaseError as error:
        raise BackupRefused(f"The database could not be copied to its end: {error}.") from error


def _sync(path: Path) -> None:
    """Have it on the disk before anything is said of it."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
