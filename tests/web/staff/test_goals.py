"""Setting goals of campaigns, changing them, and closing them early."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from werkzeug.test import TestResponse

from donations.models import Goal
from donations.models.database import reading
from tests.web.staff.conftest import Desk

NEW = "/staff/goals/new"
GOAL = {
    "name": "  Winter \n appeal ",
    "campaign": "winter",
    "amount": "12,500.50",
    "currency": "eur",
    "first_on": "2026-11-01",
    "last_on": "2026-12-31",
}


def sets(desk: Desk, **changes: str) -> TestResponse:
    return desk.sends(NEW, NEW, **(GOAL | changes))


def only_goal() -> Goal:
    with reading() as session:
        return session.scalars(select(Goal)).one()


def test_a_goal_is_set_listed_changed_closed_and_opened_again(editor: Desk) -> None:
    assert "No goal is set yet." in editor.sees("/staff/goals").text
    assert sets(editor).status_code == 303

    goal = only_goal()
    assert (goal.name, goal.amount, goal.version) == ("Winter appeal", 1_250_050, 1)
    row = editor.sees("/staff/goals").select("#goals tbody tr")[0]
    assert "€12,500.50" in row.text
    assert "Running" in row.text

    path = f"/staff/goals/{goal.id}"
    changed = GOAL | {"amount": "9000", "version": "1"}
    assert editor.sends(path, path, **changed).status_code == 303
    assert editor.sends(f"{path}/close", path, version="2").status_code == 303
    assert (only_goal().amount, only_goal().closed_on) == (900_000, date(2026, 11, 22))
    assert "Closed on 22 Nov 2026" in editor.sees(path).text

    assert editor.sends(f"{path}/close", path, version="3", step="open").status_code == 303
    assert (only_goal().closed_on, only_goal().version) == (None, 4)


WRONG = [
    ({"name": " "}, "Enter a name for the goal"),
    ({"name": "x" * 101}, "Enter a name of 100 characters or fewer"),
    ({"name": "a\x00b"}, "Enter a name of 100 characters or fewer"),
    ({"campaign": ""}, "Enter the campaign, as links name it"),
    ({"campaign": "nina@example.com"}, "Enter a campaign of 100 characters or fewer, without @"),
    ({"currency": "doubloon"}, "Choose the currency"),
    ({"amount": "0"}, "Enter an amount of more than nothing"),
    ({"amount": "Infinity"}, "There is a problem"),
    ({"first_on": "soon"}, "Enter the first day, like 2026-11-22"),
    ({"first_on": "1999-01-01"}, "Enter a first day from 2000 to 2099"),
    ({"last_on": "2026-10-31"}, "The last day must not be before the first"),
    ({"last_on": "2030-01-01"}, "A goal lasts three years at most"),
]


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(editor: Desk) -> None:
    for changes, problem in WRONG:
        answer = sets(editor, **changes)

        assert answer.status_code == 422, changes
        assert problem in answer.text
        assert 'value="12,500.50"' in answer.text or "amount" in changes
    with reading() as session:
        assert session.scalars(select(Goal)).all() == []


def test_two_goals_never_have_one_name(editor: Desk) -> None:
    sets(editor)
    sets(editor, name="Spring appeal")
    with reading() as session:
        spring = session.scalars(select(Goal).where(Goal.name == "Spring appeal")).one()

    path = f"/staff/goals/{spring.id}"
    answers = [sets(editor), editor.sends(path, path, **(GOAL | {"version": "1"}))]

    assert [each.status_code for each in answers] == [422, 422]
    assert all("There is a goal of that name already" in each.text for each in answers)


def test_who_comes_second_is_told_and_may_send_it_again(editor: Desk) -> None:
    sets(editor)
    path = f"/staff/goals/{only_goal().id}"
    editor.sends(path, path, **(GOAL | {"amount": "9000", "version": "1"}))

    second = editor.sends(path, path, **(GOAL | {"amount": "8000", "version": "1"}))
    closing = editor.sends(f"{path}/close", path, version="1")

    assert (second.status_code, closing.status_code) == (409, 409)
    assert "changed by somebody else meanwhile" in second.text
    assert 'value="8000"' in second.text
    assert 'name="version" value="2"' in second.text
    assert (only_goal().amount, only_goal().closed_on) == (900_000, None)
    assert editor.sends(path, path, **(GOAL | {"amount": "8000", "version": "2"})).status_code == 303


def test_a_goal_that_is_not_there_is_not_found(editor: Desk) -> None:
    editor.sees("/staff/goals/99", 404)
    assert editor.sends("/staff/goals/99", NEW, **(GOAL | {"version": "1"})).status_code == 404
    assert editor.sends("/staff/goals/99/close", NEW, version="1").status_code == 404
