"""Copy an SQLite database while others write to it, and put a copy in the place of one.

By SQLite's own backup: a copy of the file would lack what stands in the log, and may be torn. What is
put in place arrives in one transaction, so that others see the old state or the new one, and a crash
leaves the old.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

from donations.domain.backups import BackupRefused, DatabaseKind
from donations.models.backup_facts import Facts, facts_of

Copied = Callable[[int, int], None]
"""Told how many pages are copied, of how many."""

_PAGES_AT_ONCE: Final = 2_000
_PATIENCE_S: Final = 15.0


def copy_out(source: Path, target: Path, copied: Copied) -> Facts:
    """Make `target` a copy of one state of `source`. Raises BackupRefused where it is not whole.

    Writers are not kept waiting. `target` is there already, so that its permissions hold from the start.
    """
    with _opened(source, "ro") as database, closing(sqlite3.connect(target)) as copy:
        # Held from here: else each write by somebody else would begin the copying anew.
        database.execute("BEGIN")
        database.execute("SELECT count(*) FROM sqlite_master").fetchall()
        _copy(database, copy, copied)
        database.execute("ROLLBACK")
        # In one file, which can be read where nothing can be written.
        copy.execute("PRAGMA journal_mode=DELETE").fetchall()
        return _checked(copy)


def check(copy: Path) -> Facts:
    """What a copy holds. Raises BackupRefused where SQLite finds it damaged."""
    with _opened(copy, "ro") as opened:
        return _checked(opened)


def copy_in(copy: Path, target: Path, copied: Copied) -> None:
    """Put the state of `copy` in the place of whatever `target` holds."""
    with _opened(copy, "ro") as source, _opened(target, "rwc") as database:
        database.execute(f"PRAGMA busy_timeout={int(_PATIENCE_S * 1000)}")
        database.execute("PRAGMA journal_mode=WAL").fetchall()
        database.execute("PRAGMA synchronous=FULL")
        _copy(source, database, copied)
        # What was in the database before must not stay in its log.
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def facts_at(path: Path) -> Facts:
    """What a database holds that is to be replaced; nothing where there is none."""
    if not path.exists() or path.stat().st_size == 0:
        return Facts(None, {}, ())
    with _opened(path, "ro") as opened:
        try:
            return _facts(opened)
        except sqlite3.DatabaseError as error:
            raise BackupRefused(
                "The database that is to be replaced cannot be read. Move its files away, and restore"
                " where there is none."
            ) from error


def _copy(source: sqlite3.Connection, target: sqlite3.Connection, copied: Copied) -> None:
    def tell(status: int, remaining: int, total: int) -> None:
        # Left alone, it would be tried for ever.
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise BackupRefused(
                "Another process is writing to this database. Stop the site and its workers first."
                " Nothing was changed."
            )
        copied(total - remaining, total)

    source.backup(target, pages=_PAGES_AT_ONCE, progress=tell)


def _checked(copy: sqlite3.Connection) -> Facts:
    try:
        problems = [str(line) for (line,) in copy.execute("PRAGMA integrity_check(5)") if line != "ok"]
        orphans = copy.execute("PRAGMA foreign_key_check").fetchone()
        if problems or orphans is not None:
            raise BackupRefused("SQLite finds the copy damaged: it cannot be restored.")
        return _facts(copy)
    except sqlite3.DatabaseError as error:
        raise BackupRefused("SQLite finds the copy damaged: it cannot be restored.") from error


def _facts(opened: sqlite3.Connection) -> Facts:
    opened.execute("BEGIN")
    facts = facts_of(lambda statement: opened.execute(statement).fetchall(), DatabaseKind.SQLITE)
    opened.execute("ROLLBACK")
    return facts


@contextmanager
def _opened(path: Path, mode: str) -> Generator[sqlite3.Connection]:
    address = f"file:{quote(str(path))}?mode={mode}"
    with closing(sqlite3.connect(address, uri=True, timeout=_PATIENCE_S, isolation_level=None)) as connection:
        yield connection
