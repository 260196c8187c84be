"""What staff see of the work itself, and that what is wrong stands on every page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from donations.domain.alerts import SENTENCES, Cause
from donations.domain.counting import Counted
from donations.models import Disposition, StaffRole, StripeEvent, WorkerSeen
from donations.models.database import writing
from donations.runtime import system_clock
from donations.services import alerts, tally, workers
from tests.factories import NOON
from tests.web.staff.conftest import FOR_FINANCE_AND_ADMINS, Clock, Desk, add_event, add_ticket

PATH = "/staff/operations"


def note(*causes: Cause) -> None:
    with writing() as session:
        alerts.note(session, set(causes), NOON)


def banner(desk: Desk, path: str = "/staff") -> list[str]:
    return [each.get_text(" ", strip=True) for each in desk.sees(path).select(".staff-alerts li")]


def rows_of(desk: Desk, table: str) -> list[str]:
    return [row.get_text(" ", strip=True) for row in desk.sees(PATH).select(f"#{table} tbody tr")]


def facts_of(desk: Desk) -> dict[str, str]:
    rows = desk.sees(PATH).select(".facts > div")
    return dict([each.get_text(" ", strip=True) for each in row.select("dt, dd")] for row in rows)


def test_on_a_quiet_day_it_says_so(editor: Desk) -> None:
    page = editor.sees(PATH)

    assert "Nothing is wrong." in page.text
    assert "Nothing came from Stripe within 24 hours." in page.text
    assert facts_of(editor) == {
        "To be looked at": "Nothing",
        "The oldest is late by": "Nothing is late",
        "Set aside": "0 objects, 0 events",
        "Letters to be sent now": "None",
        "Letters given up": "None",
        "Calls to Stripe": "1,000,000 a second at most, all workers together; made this hour: 0",
        "Last compared with Stripe": "Never",
    }


def test_what_waits_is_told_with_how_late_it_is(editor: Desk) -> None:
    with writing() as session:
        add_ticket(session, "refund", "re_1", next_try_at=NOON + timedelta(minutes=43))
        add_ticket(session, "refund", "re_2", quarantined_at=NOON)
        add_event(session, 1, "refund", "refund.created", "re_3")
        session.execute(update(StripeEvent).values(disposition=Disposition.QUARANTINED))

    found = facts_of(editor)

    assert found["To be looked at"] == "1"
    assert found["The oldest is late by"] == "17 minutes"
    assert found["Set aside"] == "1 object, 1 event. See which"


def test_each_hour_of_a_day_has_its_row(editor: Desk, clock: Clock) -> None:
    with writing() as session:
        for hours, number in ((0, 1204), (5, 10), (24, 7)):
            counts = {(Counted.ACCEPTED, ""): number, (Counted.REJECTED, "too_large"): 2}
            tally.record(session, counts, clock() - timedelta(hours=hours))

    rows = rows_of(editor, "hours")

    assert len(rows) == 24
    assert rows[0] == "22 Nov 2026, 14:00 1,204 0 2 0 0"
    assert rows[5] == "22 Nov 2026, 09:00 10 0 2 0 0"
    assert [row for row in rows if not row.endswith(" 0 0 0 0 0")] == [rows[0], rows[5]]


def test_workers_that_live_are_named_with_their_start(editor: Desk) -> None:
    with writing() as session:
        workers.note_alive(session, "c0ffee", NOON, system_clock())

    assert any(row.startswith("c0ffee 22 Nov 2026, 13:00 ") for row in rows_of(editor, "workers"))


def test_where_no_worker_is_every_page_says_so_and_this_one_how_to_start_one(editor: Desk) -> None:
    with writing() as session:
        session.execute(update(WorkerSeen).values(last_seen_at=NOON))

    page = editor.sees(PATH)

    assert banner(editor) == [
        f"{SENTENCES[Cause.NO_WORKER]} Since 22 Nov 2026, 13:00. See how the work goes on"
    ]
    assert "The last was seen on 22 Nov 2026, 13:00." in page.text
    assert "Nothing is wrong." not in page.text


@pytest.mark.parametrize("path", ["/staff", "/staff/supporters", "/staff/audit", PATH])
def test_what_is_wrong_stands_on_every_page(editor: Desk, path: str) -> None:
    note(Cause.BEHIND)

    (told,) = banner(editor, path)

    assert told.startswith(f"{SENTENCES[Cause.BEHIND]} Since 22 Nov 2026, 13:00.")


def test_it_stands_down_by_itself(editor: Desk) -> None:
    note(Cause.BEHIND)
    note()

    assert banner(editor) == []


def test_nobody_reads_of_it_before_logging_in(desk: Desk) -> None:
    note(Cause.BEHIND)

    assert banner(desk, "/staff/login") == []


@pytest.mark.parametrize(
    ("role", "causes", "links"),
    [
        (StaffRole.VIEWER, [], 0),
        (StaffRole.SUPPORTER_CARE, [Cause.LETTERS], 0),
        (StaffRole.FINANCE, [Cause.SET_ASIDE, Cause.BEHIND, Cause.LETTERS, Cause.NOT_COMPARED], 4),
        (StaffRole.ADMIN, [Cause.SET_ASIDE, Cause.BEHIND, Cause.LETTERS, Cause.NOT_COMPARED], 4),
    ],
)
def test_each_reads_of_what_they_may_act_upon_with_a_link_they_may_follow(
    logged_in_as: Callable[[StaffRole], Desk], role: StaffRole, causes: list[Cause], links: int
) -> None:
    note(*set(Cause) - {Cause.NO_WORKER})
    desk = logged_in_as(role)

    told = banner(desk)

    assert all(each.startswith(SENTENCES[cause]) for each, cause in zip(told, causes, strict=True))
    followed = [str(link["href"]) for link in desk.sees("/staff").select(".staff-alerts a")]
    assert len(followed) == links
    for path in followed:
        desk.sees(path)


@FOR_FINANCE_AND_ADMINS
def test_only_finance_and_admins_see_it(
    logged_in_as: Callable[[StaffRole], Desk], role: StaffRole, status: int
) -> None:
    desk = logged_in_as(role)

    desk.sees(PATH, status)
    assert bool(desk.sees("/staff").select(f".staff-nav a[href='{PATH}']")) == (status == 200)
