"""No page of the area opens without a login, and no role sees more than its permissions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.routing import Rule

from donations.models import StaffRole
from donations.models.database import writing
from donations.models.vault import Vault
from donations.web.staff.permissions import PERMISSIONS, Permission, permission_of
from tests.factories import make_donation, make_supporter
from tests.web.staff.conftest import Desk, take_in

LogIn = Callable[[StaffRole], Desk]


def staff_rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if str(rule).startswith("/staff")]


def path_of(rule: Rule) -> str:
    path = str(rule)
    examples = {
        "<slug>": "overview",
        "<reference>": "anybody",
        "<of>": "donations",
        "<int:number>": "1",
        "<int:view_id>": "1",
        "<int:goal_id>": "1",
        "<int:donation_id>": "1",
    }
    for placeholder, value in examples.items():
        path = path.replace(placeholder, value)
    return path


def test_every_view_declares_what_it_shows(app: Flask) -> None:
    undeclared = [
        r.endpoint for r in staff_rules(app) if permission_of(app.view_functions[r.endpoint]) is None
    ]

    assert staff_rules(app)
    assert undeclared == []


def test_only_login_and_logout_are_open_to_everybody(app: Flask) -> None:
    views = {rule.endpoint: app.view_functions[rule.endpoint] for rule in staff_rules(app)}

    is_open = {name for name, view in views.items() if permission_of(view) is Permission.NOTHING}
    assert is_open == {"staff.login", "staff.log_in", "staff.log_out"}


def test_every_page_leads_to_the_login_when_nobody_is_logged_in(app: Flask, desk: Desk) -> None:
    for rule in staff_rules(app):
        if rule.endpoint in {"staff.login", "staff.log_in"}:
            continue
        method = "POST" if "POST" in (rule.methods or set()) else "GET"
        response = desk.client.open(path_of(rule), method=method)
        assert response.status_code == 303, rule
        assert response.headers["Location"].startswith("/staff/login"), rule


def test_a_form_sent_without_a_login_leads_to_the_login(desk: Desk) -> None:
    response = desk.sends("/staff/supporters/search", "/staff/login", email="n@example.com")

    assert (response.status_code, response.headers["Location"]) == (303, "/staff/login")


@pytest.mark.parametrize("role", list(StaffRole))
def test_a_role_opens_exactly_the_pages_of_its_permissions(
    app: Flask, logged_in_as: LogIn, role: StaffRole
) -> None:
    desk = logged_in_as(role)

    for rule in staff_rules(app):
        permission = permission_of(app.view_functions[rule.endpoint])
        if "GET" not in (rule.methods or set()) or permission is Permission.NOTHING:
            continue
        status = desk.client.get(path_of(rule)).status_code
        assert (status == 403) == (permission not in PERMISSIONS[role]), rule


def test_a_viewer_sees_sums_and_nobody_behind_them(logged_in_as: LogIn, vault: Vault) -> None:
    with writing() as session:
        make_donation(session, make_supporter(session, vault, email="nina@example.com"))
    take_in()
    desk = logged_in_as(StaffRole.VIEWER)

    page = desk.sees("/staff")
    refused = desk.sees("/staff/supporters", 403)

    assert "€50" in page.text
    assert [link.text for link in page.select(".staff-nav a")] == ["Reports", "Messages"]
    assert "Your role does not include this page" in refused.text
    assert "example.com" not in refused.text


def test_a_view_without_a_declaration_is_refused_even_to_admins(app: Flask, editor: Desk) -> None:
    del app.view_functions["staff.donations"].__dict__["staff_permission"]
    try:
        status = editor.client.get("/staff/donations").status_code
    finally:
        app.view_functions["staff.donations"].__dict__["staff_permission"] = Permission.DONATIONS

    assert status == 403


def test_an_unknown_page_of_the_area_is_not_found(editor: Desk) -> None:
    assert editor.client.get("/staff/nothing-here").status_code == 404
    assert editor.client.get("/staff/reports/nothing-here").status_code == 404
    assert editor.client.get("/staff/reports/nothing-here.csv").status_code == 404
