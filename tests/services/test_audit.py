"""The audit log: each line holds on to the one before, and whatever is done to it behind our back shows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from donations.domain.audit import NOTHING_BEFORE, AuditAction
from donations.models import AuditEntry, AuditHead
from donations.models.database import reading, writing
from donations.services import audit
from donations.services.audit import Head, ReasonNotAccepted
from tests.factories import NOON
from tests.tampering import tamper


def add_lines(number: int, start: int = 0) -> None:
    for each in range(start, start + number):
        with writing() as session:
            audit.record(
                session,
                AuditAction.EXPORT_SUPPORTERS,
                staff_user_id=None,
                reason=f"The yearly letter, part {each}",
                details={"rows": each, "format": "csv"},
                now=NOON + timedelta(minutes=each, microseconds=each),
            )


def found(*noted: Head) -> list[str]:
    with reading() as session:
        return [problem for verified in audit.verify(session, noted) for problem in verified.problems]


def test_an_untouched_log_has_nothing_wrong(app: Flask) -> None:
    assert found() == []

    add_lines(3)

    assert found() == []
    with reading() as session:
        lines = session.scalars(select(AuditEntry).order_by(AuditEntry.number)).all()
    assert [line.number for line in lines] == [1, 2, 3]
    assert [line.previous_hash for line in lines] == [NOTHING_BEFORE, lines[0].hash, lines[1].hash]
    assert lines[2].details == '{"format":"csv","rows":2}'


def test_lines_that_are_written_at_once_follow_each_other(app: Flask) -> None:
    def write(start: int) -> None:
        with app.app_context():
            add_lines(5, start)

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(write, range(0, 600, 100)))

    assert found() == []
    with reading() as session:
        numbers = session.scalars(select(AuditEntry.number).order_by(AuditEntry.number)).all()
    assert numbers == list(range(1, 31))


def test_a_line_that_is_rolled_back_leaves_no_gap(app: Flask) -> None:
    def fail() -> None:
        with writing() as session:
            audit.record(
                session, AuditAction.EXPORT_DONATIONS, staff_user_id=None, reason=None, details={}, now=NOON
            )
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    add_lines(2)

    assert found() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET reason = 'x'",
        "DELETE FROM audit_entry",
        "DELETE FROM audit_head",
        "UPDATE audit_head SET number = 0",
    ],
)
def test_the_database_refuses_to_change_the_log(app: Flask, statement: str) -> None:
    add_lines(2)

    with pytest.raises(IntegrityError, match="only ever"), writing() as session:
        session.execute(text(statement))


@pytest.mark.parametrize(
    ("statements", "problem"),
    [
        (["UPDATE audit_entry SET reason = 'Nothing much' WHERE number = 2"], "Line 2 is not what was"),
        (["UPDATE audit_entry SET details = '{}' WHERE number = 1"], "Line 1 is not what was written"),
        (["UPDATE audit_entry SET action = 'x' WHERE number = 4"], "Line 4 is not what was written"),
        (["DELETE FROM audit_entry WHERE number = 2"], "Line 2 is missing"),
        (["DELETE FROM audit_entry WHERE number IN (1, 2)"], "Lines 1 to 2 are missing"),
        (["DELETE FROM audit_entry WHERE number = 4"], "ended with line 4 once; now it ends with line 3"),
        (["DELETE FROM audit_entry"], "ended with line 4 once; now it ends with line 0"),
        (["DELETE FROM audit_head"], "where the log ends is gone"),
        (
            ["DELETE FROM audit_entry WHERE number > 2", "UPDATE audit_head SET number = 2"],
            "Line 2 is not the one that the log ended with once",
        ),
        (
            [
                "UPDATE audit_entry SET number = 9 WHERE number = 2",
                "UPDATE audit_entry SET number = 2 WHERE number = 3",
                "UPDATE audit_entry SET number = 3 WHERE number = 9",
            ],
            "Line 2 does not follow on line 1",
        ),
    ],
)
def test_what_was_done_behind_our_back_is_found(app: Flask, statements: list[str], problem: str) -> None:
    add_lines(4)

    tamper(*statements)

    assert problem in " ".join(found())


def test_a_log_that_was_cut_short_or_written_anew_is_not_the_one_that_was_noted(app: Flask) -> None:
    add_lines(3)
    with reading() as session:
        noted = audit.head_of(session)
    assert noted is not None
    add_lines(1, 3)
    assert found(noted) == []

    tamper("DELETE FROM audit_entry", "DELETE FROM audit_head")
    with writing() as session:
        session.add(AuditHead(id=1, number=0, hash=NOTHING_BEFORE))
    add_lines(2, 10)

    assert found() == []
    assert found(noted) == ["The log ended with line 3 once; now it ends with line 2."]
    add_lines(2, 20)
    assert found(noted) == ["Line 3 is not the one that the log ended with once."]


def test_where_the_log_ends_can_be_noted_on_paper() -> None:
    head = Head(12, bytes(range(32)))

    assert Head.read(str(head)) == head
    for text_ in ("", "12", "12:6f1c", "x:" + "00" * 32, "-1:" + "00" * 32):
        with pytest.raises(ValueError):
            Head.read(text_)


@pytest.mark.parametrize(
    ("given", "says"),
    [("", "10 characters or more"), ("  because \n ", "10 characters or more"), ("x" * 301, "300 characters"),
     ("Asked for by nadia@example.com", "without an email address")],
)  # fmt: skip
def test_a_reason_is_long_enough_and_names_no_address(given: str, says: str) -> None:
    with pytest.raises(ReasonNotAccepted, match=says):
        audit.accepted_reason(given)


def test_a_reason_is_kept_in_one_line() -> None:
    assert audit.accepted_reason(" The letter\r\n of\x00 thanks ") == "The letter of thanks"
