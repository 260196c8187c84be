"""A backup is one state of the database, made while others write, and is whole or not there."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from config import Config
from donations.app import create_app
from donations.domain.backups import BackupRefused, Manifest
from donations.jobs.backup import MANIFEST, back_up
from donations.jobs.restore import Plan, carry_out, prepare
from donations.models import Donation, Refund, StripeObject
from donations.models.database import db, reading, writing
from donations.models.migrating import downgrade, newest_revision, upgrade
from donations.reports.dump import dump
from donations.runtime import current, system_clock
from tests.databases import POSTGRES_PROGRAMS
from tests.factories import make_donation, make_refund, make_supporter


@pytest.fixture(autouse=True)
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's own, of the server that the tests have."""
    monkeypatch.setenv("PATH", f"{POSTGRES_PROGRAMS}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, config: Config, tmp_path: Path) -> Iterator[Config]:
    """Another database of the same kind with nothing in it, on another machine with the same keys."""
    kind = "postgres" if config.database_url.startswith("postgresql") else "sqlite"
    with request.getfixturevalue(f"{kind}_template").fresh() as url:
        yield replace(config, database_url=url, instance_dir=tmp_path / "elsewhere")


@contextmanager
def working_on(config: Config) -> Iterator[Flask]:
    app = create_app(config, now=system_clock)
    with app.app_context():
        yield app
        db.engine.dispose()


def silently(_what: str, _done: int, _of: int) -> None: ...


def restore(source: Path, **choices: Any) -> Plan:
    given = {"erased_lists": (), "replaces": False, "nobody_was_erased": True}
    plan = prepare(current(), source, silently, **(given | choices))
    carry_out(current(), plan, silently)
    return plan


def gives(amount: int) -> None:
    """A donation and its refund: both, or neither."""
    with writing() as session:
        donation = make_donation(session, make_supporter(session, current().vault), amount=amount)
        make_refund(session, donation)


@contextmanager
def giving_all_the_while(app: Flask) -> Iterator[Callable[[], int]]:
    """Somebody else gives, again and again, until the end. Tells how many gifts were made so far."""
    is_over, made = threading.Event(), 0

    def go_on() -> None:
        nonlocal made
        with app.app_context():
            while not is_over.is_set():
                gives(made + 1)
                made += 1

    writer = threading.Thread(target=go_on)
    writer.start()
    try:
        yield lambda: made
    finally:
        is_over.set()
        writer.join()


def state() -> Any:
    with reading() as session:
        return dump(session)


def amounts_given_and_refunded() -> tuple[list[int], list[int]]:
    with reading() as session:
        return (
            sorted(session.scalars(select(Donation.amount))),
            sorted(session.scalars(select(Refund.amount))),
        )


def test_what_is_restored_is_what_was_there(app: Flask, elsewhere: Config, tmp_path: Path) -> None:
    gives(1000)
    before = state()
    back_up(current(), tmp_path / "backup", silently)

    with working_on(elsewhere):
        restore(tmp_path / "backup")

        assert state() == before
    assert len(before["donations"]) == 1


def test_a_backup_made_while_others_write_holds_whole_transactions_up_to_one_moment(
    app: Flask, elsewhere: Config, tmp_path: Path
) -> None:
    counts: list[tuple[int, int]] = []
    with giving_all_the_while(app) as made:
        for number in range(3):
            while made() <= len(counts):
                pass
            before = made()
            back_up(current(), tmp_path / f"backup-{number}", silently)
            counts.append((before, made() + 1))

    for number, (least, most) in enumerate(counts):
        with working_on(elsewhere):
            plan = restore(tmp_path / f"backup-{number}", replaces=True)
            given, refunded = amounts_given_and_refunded()
        assert given == refunded == list(range(1, len(given) + 1))
        assert least <= len(given) <= most
        assert plan.manifest.rows["donation"] == plan.manifest.rows["refund"] == len(given)


def test_a_manifest_tells_of_its_copy(app: Flask, tmp_path: Path) -> None:
    gives(1000)
    begun_before = current().now()

    made = back_up(current(), tmp_path / "backup", silently)

    manifest = Manifest.read((tmp_path / "backup" / MANIFEST).read_text())
    (copy,) = (tmp_path / "backup").glob("database.*")
    assert manifest == made
    assert manifest.kind.value == db.engine.dialect.name
    assert manifest.revision == newest_revision()
    assert begun_before <= manifest.begun_at <= current().now()
    assert manifest.sha256 == hashlib.sha256(copy.read_bytes()).hexdigest()
    assert manifest.size == copy.stat().st_size
    assert {"donation": 1, "refund": 1, "supporter": 1, "checkout": 0}.items() <= manifest.rows.items()


def test_a_backup_is_for_its_owner_only(app: Flask, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        back_up(current(), tmp_path / "backup", silently)
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "backup").stat().st_mode) == 0o700
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "backup").iterdir()}
    assert modes == {0o600}


def test_nothing_is_overwritten_by_a_backup(app: Flask, tmp_path: Path) -> None:
    back_up(current(), tmp_path / "backup", silently)
    before = (tmp_path / "backup" / MANIFEST).read_bytes()

    with pytest.raises(BackupRefused, match="already"):
        back_up(current(), tmp_path / "backup", silently)

    assert (tmp_path / "backup" / MANIFEST).read_bytes() == before


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "this database is not there"),
        (b"", "never set up"),
        (b"no database at all " * 500, "could not be copied"),
    ],
)
def test_what_is_no_database_of_ours_is_not_backed_up(
    config: Config, tmp_path: Path, content: bytes | None, said: str
) -> None:
    path = tmp_path / "some.db"
    if content is not None:
        path.write_bytes(content)

    with (
        working_on(replace(config, database_url=f"sqlite:///{path}")),
        pytest.raises(BackupRefused, match=said),
    ):
        back_up(current(), tmp_path / "backup", silently)

    assert not (tmp_path / "backup").exists()


def test_of_a_backup_that_is_broken_off_nothing_is_left(app: Flask, tmp_path: Path) -> None:
    def stop(what: str, _done: int, _of: int) -> None:
        if what == "Checksum":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(current(), tmp_path / "folder" / "backup", stop)

    assert list((tmp_path / "folder").iterdir()) == []


def test_an_older_schema_is_brought_up_to_date(app: Flask, elsewhere: Config, tmp_path: Path) -> None:
    gives(1000)
    before = state()
    downgrade(db.engine, "0014")
    db.engine.dispose()
    back_up(current(), tmp_path / "backup", silently)
    upgrade(db.engine)

    with working_on(elsewhere):
        plan = restore(tmp_path / "backup")

        assert (plan.manifest.revision, plan.upgrades_to) == ("0014", newest_revision())
        assert state() == before
        with writing() as session:
            session.add(
                StripeObject(
                    kind="charge", stripe_id="ch_1", generation=1, marked_at=current().now(),
                    next_try_at=current().now(),
                )
            )  # fmt: skip


def changed(folder: Path, **changes: Any) -> None:
    """Somebody edits the manifest."""
    path = folder / MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def flip_a_bit(folder: Path) -> None:
    (copy,) = folder.glob("database.*")
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 1
    copy.write_bytes(content)


def cut_short(folder: Path) -> None:
    (copy,) = folder.glob("database.*")
    copy.write_bytes(copy.read_bytes()[:-100])


def lose_the_copy(folder: Path) -> None:
    (copy,) = folder.glob("database.*")
    copy.unlink()


def swap_the_copy_and_its_checksum(folder: Path) -> None:
    """What says of itself that it is whole, and is no copy of a database."""
    (copy,) = folder.glob("database.*")
    copy.write_bytes(b"no database" * 1000)
    changed(folder, size=11_000, sha256=hashlib.sha256(copy.read_bytes()).hexdigest())


OTHER_KIND = {"sqlite": "postgresql", "postgresql": "sqlite"}


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (flip_a_bit, "damaged"),
        (cut_short, "damaged"),
        (lose_the_copy, "damaged"),
        (swap_the_copy_and_its_checksum, "damaged|pg_restore failed"),
        (lambda folder: (folder / MANIFEST).unlink(), "cannot be read"),
        (lambda folder: (folder / MANIFEST).write_text("{"), "manifest of this backup is damaged"),
        (lambda folder: changed(folder, rows=None), "manifest of this backup is damaged"),
        (lambda folder: changed(folder, format=2), "another release"),
        (lambda folder: changed(folder, revision="9999"), "newer schema"),
        (lambda folder: changed(folder, kind=OTHER_KIND[db.engine.dialect.name]), "into the other"),
    ],
)
def test_what_must_not_be_restored_is_refused_and_nothing_is_changed(
    app: Flask, tmp_path: Path, spoil: Callable[[Path], object], said: str
) -> None:
    back_up(current(), tmp_path / "backup", silently)
    gives(1000)
    before = state()
    spoil(tmp_path / "backup")

    with pytest.raises(BackupRefused, match=said):
        restore(tmp_path / "backup", replaces=True)

    assert state() == before


def test_a_database_that_is_not_empty_is_replaced_only_when_that_is_said(app: Flask, tmp_path: Path) -> None:
    back_up(current(), tmp_path / "backup", silently)
    gives(1000)

    with pytest.raises(BackupRefused, match="--replace"):
        restore(tmp_path / "backup")
    assert len(state()["donations"]) == 1

    restore(tmp_path / "backup", replaces=True)
    assert state()["donations"] == []


def test_a_restore_that_fails_on_its_way_leaves_the_database_as_it_was(app: Flask, tmp_path: Path) -> None:
    gives(1)
    back_up(current(), tmp_path / "backup", silently)
    gives(2)
    before = state()
    plan = prepare(current(), tmp_path / "backup", silently, erased_lists=(), replaces=True)
    lose_the_copy(tmp_path / "backup")

    with pytest.raises(BackupRefused, match="Nothing was changed"):
        carry_out(current(), plan, silently)

    assert state() == before


def test_without_postgresqls_programs_a_sentence_says_what_is_missing(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite needs no programs")
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(BackupRefused, match="pg_dump is not here"):
        back_up(current(), tmp_path / "backup", silently)


def test_no_password_is_on_a_command_line(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pg_dump that tells what it was called with, and what stands in the file that it was pointed to."""
    if config.database_url.startswith("sqlite"):
        pytest.skip("SQLite has no passwords")
    programs = tmp_path / "programs"
    programs.mkdir()
    fake = programs / "pg_dump"
    fake.write_text(
        f'#!/bin/sh\necho "$@" > {tmp_path}/called\ncat "$PGSERVICEFILE" > {tmp_path}/service\n'
        f'stat -c %a "$PGSERVICEFILE" > {tmp_path}/mode\necho "pg_dump: error: refused" >&2\nexit 1\n'
    )
    fake.chmod(0o700)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    secret = config.database_url.replace("postgres:@", "postgres:sesame@")

    with (
        working_on(replace(config, database_url=secret)),
        pytest.raises(BackupRefused, match=r"^pg_dump failed: pg_dump: error: refused$"),
    ):
        back_up(current(), tmp_path / "backup", silently)

    assert "sesame" not in (tmp_path / "called").read_text()
    assert "password=sesame" in (tmp_path / "service").read_text()
    assert (tmp_path / "mode").read_text().strip() == "600"
