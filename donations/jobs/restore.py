"""Put a backup in the place of the database, and make what stands there fit to be worked with.

`prepare` refuses whatever must not be restored, and changes nothing. Who was erased since the backup
would come back with it: they are asked of the database that is replaced, or of a list that was kept
elsewhere. The list outlives a crash, in `INSTANCE_DIR`, until they are forgotten again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from donations.domain.backups import (
    BackupRefused,
    DatabaseKind,
    Manifest,
    read_erased,
    written_erased,
)
from donations.jobs.backup import COPIES, MANIFEST, Progress, digest, kind_in_use, private_file, sqlite_file
from donations.models import postgres_copy, sqlite_copy
from donations.models.backup_facts import Facts
from donations.models.database import db, empty_log, reading, writing
from donations.models.migrating import is_known, newest_revision, upgrade
from donations.runtime import Runtime
from donations.services import restoring

log = structlog.get_logger("donations.jobs.restore")

_NOTE: Final = "erased-before-restore.json"
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Plan:
    """What a restore would do. Everything was checked that can be checked before."""

    copy: Path
    manifest: Manifest
    replaced: Facts
    """What the database holds now."""
    erased: tuple[str, ...]
    """Whom it must forget again, as far as it knows them."""

    @property
    def upgrades_to(self) -> str | None:
        """The schema that it brings the copy to; None where the copy has it."""
        newest = newest_revision()
        return None if newest == self.manifest.revision else newest


@dataclass(frozen=True, slots=True)
class Restored:
    forgotten: int
    """Supporters who were erased since the backup."""
    looked_at: int
    """Objects of Stripe's that will be looked at again."""


def prepare(
    runtime: Runtime,
    source: Path,
    progress: Progress,
    *,
    erased_lists: Collection[Path],
    replaces: bool,
    nobody_was_erased: bool = False,
) -> Plan:
    """Check the backup and the database that it is to replace. Raises BackupRefused."""
    manifest = _manifest_of(source)
    copy = source / COPIES[manifest.kind]
    _check_copy(copy, manifest, progress)
    replaced = _facts_now(manifest.kind)
    if not replaced.is_empty and not replaces:
        raise BackupRefused("This database is not empty. With --replace it is replaced by the backup.")
    note = _noted(runtime)
    if replaced.is_empty and note is None and not erased_lists and not nobody_was_erased:
        raise BackupRefused(
            "This database cannot tell who was erased since the backup. Name a list of them by --erased (what"
            " `donations supporters erased` printed last, or the manifest of a later backup), or say"
            " --nobody-erased where you know that it was nobody: they would come back."
        )
    lists = [read_erased(_text(path)) for path in erased_lists]
    erased = {*manifest.erased, *replaced.erased, *(note or ()), *(each for one in lists for each in one)}
    return Plan(copy, manifest, replaced, tuple(sorted(erased)))


def carry_out(runtime: Runtime, plan: Plan, progress: Progress) -> Restored:
    """Replace the database. Others must not be at work on it. Broken off, it is done again from the start."""
    _note(runtime).unlink(missing_ok=True)
    private_file(_note(runtime)).write_text(written_erased(plan.erased))
    _replace(plan, progress)
    upgrade(db.engine)
    restored = _settle(runtime, plan, progress)
    empty_log()
    _note(runtime).unlink()
    log.info("backup_restored", count=restored.looked_at)
    return restored


def _replace(plan: Plan, progress: Progress) -> None:
    db.engine.dispose()
    try:
        if plan.manifest.kind is DatabaseKind.SQLITE:
            sqlite_copy.copy_in(plan.copy, sqlite_file(), lambda done, of: progress("Restoring", done, of))
        else:
            progress("Restoring", 0, 0)
            postgres_copy.copy_in(db.engine, plan.copy)
    except sqlite3.OperationalError as error:
        raise BackupRefused("The copy could not be read to its end. Nothing was changed.") from error
    db.engine.dispose()
    if _facts_now(plan.manifest.kind).rows != plan.manifest.rows:
        raise BackupRefused("What was restored is not what the backup holds. Is the site still running?")


def _settle(runtime: Runtime, plan: Plan, progress: Progress) -> Restored:
    now = runtime.now()
    with writing() as session:
        restoring.log_everybody_out(session)
        restoring.let_tickets_go_on(session, now)
    with reading() as session:
        remembered = restoring.find_remembered(session, plan.erased)
        unsettled = restoring.find_unsettled(session)
    for number, supporter_id in enumerate(remembered, 1):
        with writing() as session:
            restoring.forget_again(session, supporter_id, now)
        progress("Forgetting again", number, len(remembered))
    for begin in range(0, len(unsettled), _AT_ONCE):
        with writing() as session:
            restoring.look_again(session, unsettled[begin : begin + _AT_ONCE], now)
        progress("To be looked at again", begin, len(unsettled))
    with writing() as session:
        restoring.note_down(session, plan.manifest.begun_at, len(remembered), now)
    return Restored(len(remembered), len(unsettled))


def _manifest_of(source: Path) -> Manifest:
    manifest = Manifest.read(_text(source / MANIFEST))
    if manifest.kind is not kind_in_use():
        raise BackupRefused(
            f"This is a backup of {manifest.kind}, and DATABASE_URL names {kind_in_use()}: the one cannot be"
            " restored into the other."
        )
    if not is_known(manifest.revision):
        raise BackupRefused(
            f"This backup has a newer schema ({manifest.revision}) than this release knows. Restore it with"
            " the release that made it, or a later one."
        )
    return manifest


def _check_copy(copy: Path, manifest: Manifest, progress: Progress) -> None:
    damaged = BackupRefused("This backup is damaged: its copy is not the one that its manifest tells of.")
    if not copy.is_file() or copy.stat().st_size != manifest.size:
        raise damaged
    if digest(copy, progress) != manifest.sha256:
        raise damaged
    if manifest.kind is DatabaseKind.POSTGRESQL:
        postgres_copy.check(copy)
    elif (found := sqlite_copy.check(copy)).rows != manifest.rows or found.revision != manifest.revision:
        raise damaged


def _facts_now(kind: DatabaseKind) -> Facts:
    if kind is DatabaseKind.SQLITE:
        return sqlite_copy.facts_at(sqlite_file())
    with reading() as session:
        return postgres_copy.facts_seen_by(session)


def _note(runtime: Runtime) -> Path:
    return runtime.config.instance_dir / _NOTE


def _noted(runtime: Runtime) -> tuple[str, ...] | None:
    """Whom a restore that was broken off was to forget again."""
    return read_erased(_text(_note(runtime))) if _note(runtime).exists() else None


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BackupRefused(f"{path} cannot be read: is it there, and is it what you mean?") from error
