"""Addresses leave only for those who may, with the password typed just now, a reason, and a line about it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from donations.models import AuditEntry, StaffRole, StaffSession, Supporter
from donations.models.database import reading, writing
from donations.models.vault import Vault
from donations.services import audit, erasures
from donations.web.staff.address_exports import _KINDS
from tests.factories import NOON, make_donation, make_supporter
from tests.web.staff.conftest import PASSWORD, Clock, Desk, take_in

LogIn = Callable[[StaffRole], Desk]
REASON = "Thanks for the year, by post"
SUPPORTERS, DONATIONS = "/staff/supporters/export", "/staff/donations/export"


@pytest.fixture
def givers(vault: Vault, nadia: Supporter) -> list[Supporter]:
    with writing() as session:
        oleg = make_supporter(session, vault, email="oleg@example.com", name="=cmd()")
        make_donation(session, nadia, amount=1500, currency="eur")
        make_donation(session, oleg, amount=500, currency="jpy", at=NOON - timedelta(days=1))
    take_in()
    return [nadia, oleg]


@pytest.fixture
def cleared(editor: Desk, clock: Clock) -> Desk:
    """Logged in, and the password typed just now: proving it for each test takes long."""
    with writing() as session:
        session.execute(update(StaffSession).values(confirmed_at=clock()))
    return editor


def asks(desk: Desk, path: str, **fields: str) -> TestResponse:
    given = {"reason": REASON, "file_kind": "csv"} | fields
    return desk.sends(path, path, **given)


def lines_of(response: TestResponse) -> list[list[str]]:
    assert response.status_code == 200
    assert response.mimetype == "text/csv"
    return list(csv.reader(StringIO(response.text.removeprefix("\ufeff"), newline="")))


def entries() -> list[AuditEntry]:
    with reading() as session:
        return list(session.scalars(select(AuditEntry).order_by(AuditEntry.number)))


def problems(response: TestResponse) -> str:
    assert response.status_code == 422
    assert "attachment" not in response.headers.get("Content-Disposition", "")
    return response.text


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (StaffRole.VIEWER, False),
        (StaffRole.SUPPORTER_CARE, False),
        (StaffRole.FINANCE, True),
        (StaffRole.ADMIN, True),
    ],
)
def test_only_finance_and_admins_may_take_addresses(
    logged_in_as: LogIn, givers: list[Supporter], role: StaffRole, may: bool
) -> None:
    desk = logged_in_as(role)

    for path in (SUPPORTERS, DONATIONS):
        assert desk.client.get(path).status_code == (200 if may else 403)
        offers = desk.client.get(path.removesuffix("/export")).text.count(f'href="{path}"')
        assert offers == (1 if may else 0)
    token = desk.sees("/staff").find("input", {"name": "csrf_token"})
    assert token is not None
    fields = {"csrf_token": str(token["value"]), "reason": REASON, "file_kind": "csv", "password": PASSWORD}
    assert desk.client.post(SUPPORTERS, data=fields).status_code == (200 if may else 403)
    assert len(entries()) == (1 if may else 0)


def test_supporters_come_with_their_addresses(cleared: Desk, givers: list[Supporter]) -> None:
    response = asks(cleared, SUPPORTERS)

    assert response.headers["Content-Disposition"] == (
        'attachment; filename="supporters-with-addresses-2026-11-22.csv"'
    )
    assert response.headers["Cache-Control"] == "no-store"
    lines = lines_of(response)
    assert lines[0][:4] == ["Supporter", "Email", "Name", "Remark"]
    assert [line[1:3] + line[5:8] for line in lines[1:3]] == [
        ["nadia@example.com", "Nadia", "EUR", "1", "15.00"],
        ["oleg@example.com", "'=cmd()", "JPY", "1", "500"],
    ]


def test_the_workbook_says_who_made_it_and_why(cleared: Desk, givers: list[Supporter]) -> None:
    response = asks(cleared, DONATIONS, file_kind="xlsx")

    book = load_workbook(BytesIO(response.data))
    summary = {row[0]: row[1] for row in book["Summary"].iter_rows(values_only=True) if row[0]}
    assert response.headers["Content-Disposition"].endswith('donations-with-addresses-2026-11-22.xlsx"')
    assert summary["Holds"] == "2 donations."
    assert summary["Made"] == "22 Nov 2026, 14:00, by Anna Petrova"
    assert summary["Reason"] == REASON
    assert summary["In the audit log"] == "line 1"
    rows = list(book["Rows"].iter_rows(min_row=2))
    assert [(row[2].value, row[3].value, row[9].value, row[9].number_format) for row in rows] == [
        ("nadia@example.com", "Nadia", 15, "#,##0.00"),
        ("oleg@example.com", "=cmd()", 500, "#,##0"),
    ]
    assert {cell.data_type for row in rows for cell in row} <= {"s", "n", "d"}


def test_the_line_of_the_log_says_what_was_taken_and_nothing_of_anybody(
    cleared: Desk, givers: list[Supporter]
) -> None:
    asks(cleared, f"{DONATIONS}?currency=eur&from=2026-11-01&to=2026-11-22&campaign=nadia@example.com")

    (entry,) = entries()
    assert (entry.action, entry.reason) == ("export_donations", REASON)
    assert entry.details == (
        '{"file":"csv","filter:currency":"eur","filter:from":"2026-11-01","filter:to":"2026-11-22","rows":1}'
    )


def test_the_filters_of_the_list_apply(cleared: Desk, givers: list[Supporter]) -> None:
    page = cleared.sees("/staff/donations?currency=jpy")
    link = page.find("a", string="Export these donations with addresses")
    assert link is not None
    path = str(link["href"])

    lines = lines_of(asks(cleared, path))

    assert path == f"{DONATIONS}?currency=jpy"
    assert "1 donation" in cleared.sees(path).text
    assert [line[2] for line in lines[1:2]] == ["oleg@example.com"]
    assert lines[2] == []


def test_whoever_was_erased_carries_no_address(cleared: Desk, givers: list[Supporter]) -> None:
    with writing() as session:
        erasures.wipe(session, givers[0].id, NOON)

    lines = lines_of(asks(cleared, SUPPORTERS))

    assert lines[1][1:4] == ["", "", "erased"]
    assert lines[1][7] == "15.00"


def test_the_password_is_asked_for_unless_it_was_typed_within_ten_minutes(
    desk: Desk, clock: Clock, givers: list[Supporter]
) -> None:
    desk.logs_in()
    assert desk.sees(SUPPORTERS).find("input", {"name": "password"}) is None
    assert asks(desk, SUPPORTERS).status_code == 200
    clock.moves(minutes=10)

    assert desk.sees(SUPPORTERS).find("input", {"name": "password"}) is not None
    assert "Type your password once more" in problems(asks(desk, SUPPORTERS))
    assert "The password is not right" in problems(asks(desk, SUPPORTERS, password="something else"))
    assert len(entries()) == 1

    assert asks(desk, SUPPORTERS, password=PASSWORD).status_code == 200
    clock.moves(minutes=9)
    assert asks(desk, SUPPORTERS).status_code == 200
    assert len(entries()) == 3


def test_the_password_of_one_session_does_not_open_another(
    app: object, desk: Desk, editor: Desk, clock: Clock, givers: list[Supporter]
) -> None:
    other = Desk(desk.client.application.test_client())
    other.logs_in()

    assert asks(other, SUPPORTERS).status_code == 200
    assert "Type your password" in problems(asks(editor, SUPPORTERS))


def test_guessing_the_password_is_slowed_down_as_at_the_login(editor: Desk, givers: list[Supporter]) -> None:
    for _ in range(5):
        problems(asks(editor, SUPPORTERS, password="a guess"))

    refused = asks(editor, SUPPORTERS, password=PASSWORD)

    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert "Too many attempts" in refused.text
    assert entries() == []


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"reason": ""}, "Say in 10 characters or more what it is for"),
        ({"reason": "for nadia@example.com"}, "Give the reason without an email address"),
        ({"reason": "x" * 400}, "Say in 300 characters or fewer"),
        ({"file_kind": "exe"}, "Choose what kind of file it is to be"),
        ({"file_kind": ""}, "Choose what kind of file it is to be"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(
    cleared: Desk, givers: list[Supporter], fields: dict[str, str], says: str
) -> None:
    page = problems(asks(cleared, SUPPORTERS, **fields))

    assert says in page
    assert page.count(fields.get("reason") or REASON) >= (0 if fields.get("reason") == "" else 1)
    assert entries() == []


def test_where_the_client_goes_away_the_line_stays(cleared: Desk, givers: list[Supporter]) -> None:
    token = cleared.sees(SUPPORTERS).find("input", {"name": "csrf_token"})
    assert token is not None
    fields = {"csrf_token": str(token["value"]), "reason": REASON, "file_kind": "csv"}

    response = cleared.client.post(SUPPORTERS, data=fields, buffered=False)
    written_first = len(entries())
    response.close()

    assert written_first == 1
    assert len(entries()) == 1
    with reading() as session:
        assert [problem for each in audit.verify(session) for problem in each.problems] == []


def test_nothing_to_export_is_said(editor: Desk) -> None:
    assert "There is nothing to export" in editor.sees(SUPPORTERS).text
    page = editor.sees(f"{SUPPORTERS}?currency=eur&preset=nonsense")
    assert "The filters leave nobody: currency eur" in page.text
    assert "We do not know that period." in page.text


def test_the_page_offers_each_kind_of_file(editor: Desk, givers: list[Supporter]) -> None:
    kinds = [str(each["value"]) for each in editor.sees(SUPPORTERS).select("input[name=file_kind]")]

    assert kinds == [each.value for each in _KINDS]
