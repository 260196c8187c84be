"""`donations run` starts everything, stops everything, and its other verbs say what they should."""

from __future__ import annotations

import json
import socket
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
import requests

from tests.journeys.givers import HttpGiver, card
from tests.journeys.stack import Stack, eventually
from tests.journeys.test_giving import GIFTS, assert_agreed, fresh_email, thanked, to_stripe

FOLLOWED = ("checkout.session.", "payment_intent.", "charge.", "invoice.", "customer.subscription.")


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_one_command_starts_all_of_it_and_ctrl_c_stops_all_of_it(tmp_path: Path) -> None:
    stack = Stack(tmp_path / "instance").start()

    up = [requests.get(f"{stack.base}/readyz", timeout=10).status_code, is_free(stack.sandbox_port)]
    requests.get(stack.base, headers={"User-Agent": "Mozilla/5.0"}, timeout=10)
    told = stack.log
    status = stack.stop()

    assert up == [200, False]
    assert all(word in told for word in (f"{stack.base}/staff", "staff@example.com", stack.staff_password))
    assert status == 0
    assert is_free(stack.port)
    assert is_free(stack.sandbox_port)
    assert visits_stored(stack) == 1, "what the site had counted went down with it"


def visits_stored(stack: Stack) -> int:
    with closing(sqlite3.connect(stack.folder / "donations.db")) as database:
        return database.execute("SELECT sum(number) FROM visit_hour").fetchone()[0]


def test_two_copies_run_side_by_side(stack: Stack, tmp_path: Path) -> None:
    other = Stack(tmp_path / "instance").start()

    answers = [requests.get(f"{each.base}/readyz", timeout=10).status_code for each in (stack, other)]
    other.stop()

    assert answers == [200, 200]


def test_a_taken_port_is_told_in_one_sentence(stack: Stack, tmp_path: Path) -> None:
    other = Stack(tmp_path / "instance", port=stack.port)

    with pytest.raises(AssertionError) as caught:
        other.start()

    assert f"Port {stack.port} is taken" in str(caught.value)
    assert "Traceback" not in str(caught.value)


def test_what_stripe_told_and_what_was_given_can_be_read_at_the_command_line(stack: Stack) -> None:
    reader = HttpGiver()
    to_stripe(reader, stack, GIFTS[0], fresh_email())
    reader.pay(**card())
    thanked(reader)

    assert "payment_intent.succeeded" in stack.command(
        "stripe", "events", "--type", "payment_intent.succeeded"
    )
    assert "overview" in stack.command("reports", "list")
    report = json.loads(stack.command("reports", "show", "overview", "--format", "json"))
    assert report["tables"]
    assert "is up to date" in stack.command("db", "upgrade")


def test_a_viewer_made_at_the_command_line_sees_aggregates_only(stack: Stack) -> None:
    told = stack.command(
        "staff", "create", "--email", "viewer@example.com", "--role", "viewer", "--invent-password"
    )
    staff = HttpGiver()

    staff.open(f"{stack.base}/staff/login")
    staff.fill_in({"email": "viewer@example.com", "password": told.split("Password: ")[1].strip()})
    staff.submit()

    assert "Overview" in staff.text
    staff.open(f"{stack.base}/staff/supporters")
    assert staff.answer is not None
    assert staff.answer.status_code == 403


def test_what_is_wrong_with_a_command_is_one_sentence_and_a_status(stack: Stack) -> None:
    weak = stack.run_command("staff", "create", "--email", "a@example.com", "--password", "short")
    unknown = stack.run_command("stripe", "replay", "evt_unknown")
    no_kind = stack.run_command("stripe", "sync", "tax_1")

    for done, words in ((weak, "12 characters"), (unknown, "evt_unknown"), (no_kind, "tax_1")):
        assert done.returncode != 0
        assert words in done.stderr
        assert "Traceback" not in done.stderr


def test_replaying_every_event_changes_nothing(stack: Stack) -> None:
    reader = HttpGiver()
    to_stripe(reader, stack, GIFTS[1], fresh_email())
    reader.pay(**card())
    thanked(reader)
    assert_agreed(stack)
    before = stack.dump()

    known = stack.command("stripe", "events", "--limit", "1000")
    events = [each["id"] for each in stack.state()["objects"]["event"] if each["type"].startswith(FOLLOWED)]
    stack.command("stripe", "replay", *(each for each in events if each in known))

    eventually(lambda: "Nothing waits." in stack.command("stripe", "waiting"), "the end of the work")
    assert stack.dump() == before


def test_nothing_personal_is_logged_and_the_secrets_are_ours_alone(stack: Stack) -> None:
    reader = HttpGiver()
    to_stripe(reader, stack, GIFTS[1], "canary.reader@example.com")
    reader.pay(**card())
    thanked(reader)

    # Letters are whole messages, and drafts of them come and go.
    files = [path for path in stack.folder.rglob("*") if not {"sandbox", "mail"} & set(path.parts)]
    holders = [path.name for path in files if path.is_file() and b"canary.reader" in path.read_bytes()]

    assert holders == []
    secrets = stack.folder / "development-secrets.json"
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
