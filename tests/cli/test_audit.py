"""`donations staff audit verify`, as somebody runs it who must be able to rely on the log."""

from __future__ import annotations

from donations.domain.audit import AuditAction
from donations.models.database import writing
from donations.services import audit
from tests.cli.conftest import Terminal
from tests.factories import NOON
from tests.tampering import tamper

VERIFY = ("staff", "audit", "verify")


def add_lines(number: int) -> str:
    """Where the log ends then."""
    for _ in range(number):
        with writing() as session:
            audit.record(
                session, AuditAction.EXPORT_SUPPORTERS, staff_user_id=None, reason=None, details={}, now=NOON
            )
            head = audit.head_of(session)
    return str(head)


def test_a_log_as_it_was_written_is_confirmed_with_the_end_to_note(terminal: Terminal) -> None:
    assert "No lines, each as it was written" in terminal.says(*VERIFY)

    noted = add_lines(2)

    assert f"2 lines, each as it was written. Note the end elsewhere, to compare another time: {noted}" in (
        terminal.says(*VERIFY)
    )
    assert "2 lines" in terminal.says(*VERIFY, "--noted", noted)


def test_each_line_that_is_not_as_it_was_written_is_named(terminal: Terminal) -> None:
    noted = add_lines(3)
    tamper("UPDATE audit_entry SET reason = 'x' WHERE number = 2", "DELETE FROM audit_entry WHERE number = 3")

    said = terminal.says(*VERIFY, "--noted", noted, exits=1)

    assert "Line 2 is not what was written." in said
    assert "The log ended with line 3 once; now it ends with line 2." in said
    assert "Error: The audit log is not as it was written." in said


def test_a_note_that_is_none_is_told(terminal: Terminal) -> None:
    assert "is no number and hash" in terminal.says(*VERIFY, "--noted", "12", exits=2)
