"""The audit log as admins read it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from donations.domain.audit import AuditAction
from donations.models import StaffUser
from donations.models.database import reading, writing
from donations.services import audit
from tests.factories import NOON
from tests.tampering import tamper
from tests.web.staff.conftest import Desk


def add_line(number: int, *, by_staff: bool = True, **details: str | int) -> None:
    with writing() as session:
        audit.record(
            session,
            AuditAction.EXPORT_SUPPORTERS,
            staff_user_id=session.scalars(select(StaffUser.id)).one() if by_staff else None,
            reason=f"The letter of year {number}",
            details=details,
            now=NOON + timedelta(minutes=number),
        )


def rows_of(desk: Desk, path: str = "/staff/audit") -> list[str]:
    return [row.get_text(" ", strip=True) for row in desk.sees(path).select("#audit tbody tr")]


def test_an_empty_log_says_so(editor: Desk) -> None:
    assert "Nothing has been written down yet" in editor.sees("/staff/audit").text


def test_a_line_says_who_did_what_when_and_why(editor: Desk) -> None:
    add_line(1, rows=1204, file="xlsx", **{"filter:currency": "eur", "filter:kind": "never"})
    add_line(2, by_staff=False, other="thing")

    took = "Took supporters with their addresses"
    assert rows_of(editor) == [
        f"2 22 Nov 2026, 13:02 On the server {took} other thing The letter of year 2",
        f"1 22 Nov 2026, 13:01 Anna Petrova {took} 1,204 rows, XLSX, only currency eur and kind never"
        " The letter of year 1",
    ]


def test_a_long_log_comes_in_pages(editor: Desk) -> None:
    for number in range(51):
        add_line(number)

    page = editor.sees("/staff/audit")

    assert "51 lines, newest first" in page.text
    assert len(rows_of(editor)) == 50
    assert [row.split()[0] for row in rows_of(editor, "/staff/audit?page=2")] == ["1"]


def test_a_line_that_somebody_was_at_is_still_shown(editor: Desk) -> None:
    add_line(1, rows=3)
    tamper("UPDATE audit_entry SET details = 'no JSON', action = 'whatever'")

    assert rows_of(editor) == ["1 22 Nov 2026, 13:01 Anna Petrova whatever The letter of year 1"]
    with reading() as session:
        assert any(each.problems for each in audit.verify(session))
