"""`donations db backup` and `restore`, rehearsed: a history, its loss, and work on what came back."""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from flask import Flask
from sqlalchemy import func, select

from config import Config
from donations.app import create_app
from donations.domain.checkouts import CheckoutStatus
from donations.domain.standing import Standing
from donations.gateway.signatures import sign
from donations.jobs.backup import MANIFEST
from donations.models import (
    AuditEntry,
    Donation,
    Erasure,
    Movement,
    StaffSession,
    StaffUser,
    StripeObject,
    Supporter,
)
from donations.models.database import db, reading, writing
from donations.models.vault import SealBroken
from donations.runtime import current, system_clock
from donations.services import erasures, supporters
from tests import histories
from tests.cli.conftest import Terminal
from tests.databases import POSTGRES_PROGRAMS
from tests.factories import (
    NOON,
    make_checkout,
    make_donation,
    make_subscription,
    make_supporter,
)
from tests.web.test_stripe_webhook import body

HISTORY: histories.History = (
    [(act, number % 3 == 0) for number, act in enumerate(histories.ACTS * 4)],
    Random(6).sample(range(1 << 30), 60),
)


@pytest.fixture
def here(terminal: Terminal) -> Terminal:
    """With PostgreSQL's programs of the server that the tests have."""
    terminal.environment["PATH"] = f"{POSTGRES_PROGRAMS}{os.pathsep}{os.environ['PATH']}"
    return terminal


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, config: Config, tmp_path: Path) -> Iterator[Config]:
    """Another database of the same kind with nothing in it, on another machine with the same keys."""
    kind = "postgres" if config.database_url.startswith("postgresql") else "sqlite"
    with request.getfixturevalue(f"{kind}_template").fresh() as url:
        yield replace(config, database_url=url, instance_dir=tmp_path / "elsewhere")


@pytest.fixture
def there(here: Terminal, elsewhere: Config, config: Config) -> Terminal:
    keys = ",".join(f"{key.id}:{_encoded(key.key)}" for key in config.master_keys)
    return Terminal(
        here.environment
        | {
            "DATABASE_URL": elsewhere.database_url,
            "INSTANCE_DIR": str(elsewhere.instance_dir),
            "MASTER_KEYS": keys,
        }
    )


def _encoded(key: bytes) -> str:
    return base64.b64encode(key).decode()


def in_one_line(text: str) -> str:
    return " ".join(text.split())


def nadia() -> Supporter:
    with writing() as session:
        supporter = make_supporter(session, current().vault, email="nadia@example.com", name="Nadia")
        make_donation(session, supporter)
    return supporter


def erase(supporter: Supporter) -> None:
    with writing() as session:
        erasures.ask(session, session.get_one(Supporter, supporter.id), NOON)
        erasures.wipe(session, supporter.id, NOON)


def nadia_now() -> Supporter:
    with reading() as session:
        return session.scalars(select(Supporter)).one()


def test_a_restore_is_rehearsed_from_a_history_to_the_next_webhook(
    app: Flask, here: Terminal, there: Terminal, elsewhere: Config, tmp_path: Path
) -> None:
    histories.live(HISTORY)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Donation))
        assert session.scalar(select(func.count()).select_from(Movement))
    backup = str(tmp_path / "backup")
    before = here.runs("dump", "--json").output
    here.runs("db", "backup", backup)

    said = in_one_line(there.runs("db", "restore", backup, "--nobody-erased").output)

    assert there.runs("dump", "--json").output == before
    assert "Nothing would change" in there.says("reports", "rebuild", "--dry-run")
    assert "each as it was written" in there.says("staff", "audit", "verify")
    manifest = json.loads((tmp_path / "backup" / MANIFEST).read_text())
    begun = re.escape(manifest["begun_at"][:19])
    assert re.search(rf"donations stripe reconcile --since {begun}\+00:00$", said)
    restored = create_app(elsewhere, now=system_clock)
    with restored.app_context():
        payload = body()
        signature = sign(payload, elsewhere.stripe_webhook_secrets[0], system_clock())
        answer = restored.test_client().post(
            "/webhooks/stripe", data=payload, headers={"Stripe-Signature": signature}
        )
        db.engine.dispose()
    assert answer.status_code == 200
    assert "payment_intent.succeeded" in there.says("stripe", "events")


def test_a_dry_run_checks_and_tells_and_changes_nothing(
    app: Flask, here: Terminal, there: Terminal, elsewhere: Config, tmp_path: Path
) -> None:
    nadia()
    backup = str(tmp_path / "backup")
    here.runs("db", "backup", backup)
    nothing = there.runs("dump", "--json").output

    said = there.says("db", "restore", backup, "--nobody-erased", "--dry-run")

    assert "is whole" in said
    assert "The database is empty." in said
    assert "Everybody would be logged out." in said
    assert "Restored" not in said
    assert there.runs("dump", "--json").output == nothing
    assert "would replace a database with" in here.says("db", "restore", backup, "--replace", "--dry-run")


def test_a_damaged_backup_is_refused_in_a_sentence_without_a_trace(
    app: Flask, here: Terminal, there: Terminal, tmp_path: Path
) -> None:
    here.runs("db", "backup", str(tmp_path / "backup"))
    (copy,) = (tmp_path / "backup").glob("database.*")
    copy.write_bytes(copy.read_bytes()[:-1])

    said = there.says("db", "restore", str(tmp_path / "backup"), "--nobody-erased", exits=1)

    assert said.endswith("Error: This backup is damaged: its copy is not the one that its manifest tells of.")


def test_who_was_erased_since_is_forgotten_again(app: Flask, here: Terminal, tmp_path: Path) -> None:
    supporter = nadia()
    here.runs("db", "backup", str(tmp_path / "backup"))
    erase(supporter)

    said = here.says("db", "restore", str(tmp_path / "backup"), "--replace")

    after = nadia_now()
    assert "1 supporter forgotten again" in said
    assert (after.reference, after.email_sealed, after.name_sealed) == (supporter.reference, b"", None)
    assert after.email_index != supporter.email_index
    with pytest.raises(SealBroken):
        supporters.contact_of(after, current().vault)
    with reading() as session:
        assert session.scalars(select(Erasure.finished_at)).one() is None
        assert session.scalar(select(func.count()).select_from(Donation)) == 1


def test_where_the_former_database_is_lost_the_erased_are_asked_for(
    app: Flask, here: Terminal, there: Terminal, elsewhere: Config, tmp_path: Path
) -> None:
    supporter = nadia()
    here.runs("db", "backup", str(tmp_path / "backup"))
    erase(supporter)
    listed = tmp_path / "erased.json"
    listed.write_text(here.runs("supporters", "erased").output)

    refused = there.says("db", "restore", str(tmp_path / "backup"), exits=1)
    told = there.says("db", "restore", str(tmp_path / "backup"), "--erased", str(listed))

    assert "they would come back" in refused
    assert "1 supporter forgotten again" in told
    restored = create_app(elsewhere, now=system_clock)
    with restored.app_context():
        assert nadia_now().email_sealed == b""
        db.engine.dispose()


def test_the_manifest_of_a_later_backup_tells_who_was_erased(
    app: Flask, here: Terminal, there: Terminal, tmp_path: Path
) -> None:
    supporter = nadia()
    here.runs("db", "backup", str(tmp_path / "monday"))
    erase(supporter)
    here.runs("db", "backup", str(tmp_path / "tuesday"))

    manifest = str(tmp_path / "tuesday" / MANIFEST)
    said = there.says("db", "restore", str(tmp_path / "monday"), "--erased", manifest)

    assert "1 supporter forgotten again" in said


def test_a_list_that_is_none_is_refused(app: Flask, here: Terminal, there: Terminal, tmp_path: Path) -> None:
    here.runs("db", "backup", str(tmp_path / "backup"))
    listed = tmp_path / "erased.json"
    listed.write_text('{"erased": "everybody"}')

    said = there.says("db", "restore", str(tmp_path / "backup"), "--erased", str(listed), exits=1)

    assert "no list of erased supporters" in said


def test_a_wish_to_be_forgotten_is_not_lost_with_what_is_replaced(
    app: Flask, here: Terminal, tmp_path: Path
) -> None:
    supporter = nadia()
    here.runs("db", "backup", str(tmp_path / "backup"))
    with writing() as session:
        erasures.ask(session, session.get_one(Supporter, supporter.id), NOON)

    here.runs("db", "restore", str(tmp_path / "backup"), "--replace")

    assert nadia_now().email_sealed == b""


def test_a_restore_that_was_broken_off_still_knows_whom_to_forget(
    app: Flask, here: Terminal, config: Config, tmp_path: Path
) -> None:
    supporter = nadia()
    here.runs("db", "backup", str(tmp_path / "backup"))
    note = config.instance_dir / "erased-before-restore.json"
    note.write_text(json.dumps({"erased": [supporter.reference]}))

    said = here.says("db", "restore", str(tmp_path / "backup"), "--replace")

    assert "1 supporter forgotten again" in said
    assert not note.exists()


def test_everybody_logs_in_anew_and_the_audit_log_tells_of_it(
    app: Flask, here: Terminal, tmp_path: Path
) -> None:
    with writing() as session:
        user = StaffUser(email="ed@example.com", name="Ed", role="admin", password_hash="x", created_at=NOON)
        session.add(user)
        session.flush()
        session.add(
            StaffSession(
                token_hash=bytes(32), staff_user_id=user.id, created_at=NOON, last_seen_at=NOON,
                expires_at=NOON + timedelta(days=1),
            )
        )  # fmt: skip
    here.runs("db", "backup", str(tmp_path / "backup"))

    here.runs("db", "restore", str(tmp_path / "backup"), "--replace")

    with reading() as session:
        assert session.scalars(select(StaffSession)).all() == []
        (line,) = session.scalars(select(AuditEntry)).all()
    assert (line.action, line.staff_user_id) == ("restore_backup", None)
    assert json.loads(line.details)["forgotten_again"] == 0


def test_what_may_have_gone_on_at_stripe_is_looked_at_again(
    app: Flask, here: Terminal, tmp_path: Path
) -> None:
    now = current().now()
    with writing() as session:
        supporter = make_supporter(session, current().vault)
        opened = make_checkout(session, supporter)
        make_checkout(session, supporter, status=CheckoutStatus.EXPIRED)
        running = make_subscription(session, supporter)
        make_subscription(session, supporter, standing=Standing.CANCELED)
        ids = {opened.stripe_session_id, running.stripe_subscription_id}
        for number, values in enumerate(
            (
                {"generation": 2, "applied": 1, "next_try_at": now + timedelta(hours=5), "tries": 4},
                {"generation": 2, "applied": 1, "quarantined_at": now, "tries": 8, "problem": "x"},
                {"generation": 2, "applied": 2, "problem": "a note"},
            )
        ):
            given = {"marked_at": now, "next_try_at": now} | values
            session.add(StripeObject(kind="charge", stripe_id=f"ch_{number}", **given))
    here.runs("db", "backup", str(tmp_path / "backup"))

    said = here.says("db", "restore", str(tmp_path / "backup"), "--replace")

    with reading() as session:
        due = select(StripeObject.stripe_id).where(
            StripeObject.applied < StripeObject.generation,
            StripeObject.quarantined_at.is_(None),
            StripeObject.next_try_at <= current().now(),
            StripeObject.tries == 0,
        )
        assert set(session.scalars(due)) == {*ids, "ch_0", "ch_1"}
        rested = select(StripeObject.problem).where(StripeObject.stripe_id == "ch_2")
        assert session.scalar(rested) == "a note"
    assert "2 objects to be looked at again" in said
