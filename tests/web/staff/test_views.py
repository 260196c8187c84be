"""Saved views: kept under a name, for whoever saved them and nobody else."""

from __future__ import annotations

from collections.abc import Callable

from donations.models import StaffRole
from donations.models.database import writing
from donations.reports.paging import PAGE_SIZE
from donations.services.saved_views import save_view
from tests.factories import NOON
from tests.web.staff.conftest import Desk

WORDS = "preset=last-7-days&currency=eur&campaign=%40none&stray=1&status=happy"


def saves(desk: Desk, name: str = "Weekly meeting", report: str = "overview", words: str = WORDS) -> int:
    return desk.sends("/staff/views", "/staff", name=name, report=report, words=words).status_code


def test_a_view_is_saved_found_opened_and_deleted(editor: Desk) -> None:
    assert "You have saved no view yet." in editor.sees("/staff/views").text

    assert saves(editor, "  Weekly \n meeting ") == 303

    page = editor.sees("/staff/views")
    link = page.select_one(".view-name a")
    assert link is not None
    assert link.text == "Weekly meeting"
    assert link["href"] == "/staff/reports/overview?preset=last-7-days&currency=eur&campaign=@none"
    assert "16 to 22 November 2026 (last 7 days); currency: EUR; campaign: None" in page.text
    editor.sees(str(link["href"]))

    form = page.select_one("#views form")
    assert form is not None
    assert editor.sends(str(form["action"]), "/staff/views").status_code == 303
    assert "You have saved no view yet." in editor.sees("/staff/views").text


def test_a_name_that_will_not_do_is_said_and_nothing_is_lost(editor: Desk) -> None:
    saves(editor)

    for name in ("", "   ", "x" * 101, "a\x00b", "Weekly meeting"):
        answer = editor.sends("/staff/views", "/staff", name=name, report="overview", words=WORDS)
        assert answer.status_code == 422, name
        assert "There is a problem" in answer.text
        assert "preset=last-7-days&amp;currency=eur&amp;campaign=%40none" in answer.text
    assert len(editor.sees("/staff/views").select("#views tbody tr")) == 1


def test_a_view_of_no_report_is_not_saved(editor: Desk) -> None:
    assert saves(editor, report="nothing") == 404


def test_nobody_sees_or_deletes_the_views_of_another(
    logged_in_as: Callable[[StaffRole], Desk], editor: Desk
) -> None:
    viewer = logged_in_as(StaffRole.VIEWER)
    saves(viewer)
    form = viewer.sees("/staff/views").select_one("#views form")
    assert form is not None

    assert editor.sends(str(form["action"]), "/staff").status_code == 404
    assert editor.sends("/staff/views/999999/delete", "/staff").status_code == 404
    assert "Weekly meeting" not in editor.sees("/staff/views").text
    assert "Weekly meeting" in viewer.sees("/staff/views").text
    assert saves(editor) == 303


def test_many_views_are_shown_page_by_page_also_where_a_report_is_no_more(editor: Desk) -> None:
    member = 1
    with writing() as session:
        for number in range(PAGE_SIZE + 1):
            save_view(session, member, f"View {number:02}", "gone", "preset=this-year", NOON)

    last = editor.sees("/staff/views?page=2")
    assert [row.text for row in last.select("#views .view-name")] == [f"View {PAGE_SIZE}"]
    assert last.select("#views .view-name a") == []
    assert "A report that is no more" in last.text
