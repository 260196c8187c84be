"""What a login opened ends by itself, and can be closed."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from sqlalchemy import select

from config import Config
from donations import runtime
from donations.app import create_app
from donations.models import StaffSession, StaffUser
from donations.models.database import db, reading, writing
from donations.services import staff_users
from tests.factories import NOON
from tests.fakes import FakeGateway
from tests.web.staff.conftest import PASSWORD, Clock, Desk, add_staff


def test_logging_out_ends_the_session_on_the_server(editor: Desk) -> None:
    cookie = editor.client.get_cookie("staff")
    assert cookie is not None

    response = editor.logs_out()

    assert (response.status_code, response.headers["Location"]) == (303, "/staff/login")
    assert editor.client.get_cookie("staff") is None
    editor.client.set_cookie("staff", cookie.value)
    assert not editor.is_logged_in()


def test_logging_out_is_not_a_link(editor: Desk) -> None:
    assert editor.client.get("/staff/logout").status_code == 405
    assert editor.is_logged_in()


def test_a_revoked_session_is_over_at_once(editor: Desk) -> None:
    with writing() as session:
        session.scalars(select(StaffSession)).one().revoked_at = NOON

    assert not editor.is_logged_in()


def test_a_closed_account_loses_its_open_session(editor: Desk) -> None:
    with writing() as session:
        session.scalars(select(StaffUser)).one().is_active = False

    assert not editor.is_logged_in()


def test_a_new_password_ends_every_session_of_the_old_one(editor: Desk, clock: Clock) -> None:
    with writing() as session:
        user = session.scalars(select(StaffUser)).one()
        staff_users.set_password(session, user, "an altogether new one", clock())

    assert not editor.is_logged_in()
    assert editor.logs_in(password="an altogether new one").status_code == 303


def test_a_session_left_alone_for_twelve_hours_is_over(editor: Desk, clock: Clock) -> None:
    clock.moves(hours=11, minutes=59)
    assert editor.is_logged_in()

    clock.moves(hours=12)

    assert not editor.is_logged_in()


def test_a_session_in_use_lasts_a_week_and_no_longer(editor: Desk, clock: Clock) -> None:
    for _ in range(16):
        clock.moves(hours=10)
        assert editor.is_logged_in()

    clock.moves(hours=8)

    assert not editor.is_logged_in()


def test_a_page_view_writes_only_now_and_then(editor: Desk, clock: Clock) -> None:
    def seen() -> object:
        with reading() as session:
            return session.scalars(select(StaffSession.last_seen_at)).one()

    before = seen()
    clock.moves(minutes=4)
    editor.sees("/staff")
    assert seen() == before

    clock.moves(minutes=1)
    editor.sees("/staff")
    assert seen() == clock()


def test_a_login_gives_a_new_token_and_closes_the_old_session(editor: Desk) -> None:
    first = editor.client.get_cookie("staff")
    assert first is not None
    token = editor.sees("/staff/supporters").find("input", {"name": "csrf_token"})
    assert token is not None

    editor.client.post(
        "/staff/login",
        data={"csrf_token": str(token["value"]), "email": "editor@example.com", "password": PASSWORD},
    )

    second = editor.client.get_cookie("staff")
    assert second is not None
    assert second.value != first.value
    with reading() as session:
        revoked = session.scalars(select(StaffSession.revoked_at).order_by(StaffSession.id)).all()
    assert [at is None for at in revoked] == [False, True]


def test_the_forms_are_guarded_anew_after_a_login(desk: Desk) -> None:
    before = desk.sees("/staff/login").find("input", {"name": "csrf_token"})
    assert before is not None
    desk.logs_in()

    response = desk.client.post("/staff/logout", data={"csrf_token": str(before["value"])})

    assert response.status_code == 400
    assert desk.is_logged_in()


def test_a_form_without_its_token_is_refused_with_a_word(desk: Desk) -> None:
    response = desk.client.post("/staff/login", data={"email": "editor@example.com", "password": PASSWORD})

    assert response.status_code == 400
    assert "That form is no longer valid" in response.text


def test_only_a_hash_of_the_token_is_stored(desk: Desk) -> None:
    desk.logs_in()
    cookie = desk.client.get_cookie("staff")
    assert cookie is not None

    with reading() as session:
        stored = session.scalars(select(StaffSession.token_hash)).one()

    assert stored == hashlib.sha256(cookie.value.encode()).digest()


def test_the_token_is_random_and_of_256_bits(desk: Desk) -> None:
    tokens = set[str]()
    for _ in range(2):
        desk.logs_in()
        cookie = desk.client.get_cookie("staff")
        assert cookie is not None
        tokens.add(cookie.value)
        desk.logs_out()

    assert [len(token) for token in tokens] == [43, 43]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(desk: Desk) -> None:
    header = next(h for h in desk.logs_in().headers.getlist("Set-Cookie") if h.startswith("staff="))

    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(header.split("; "))
    assert "Domain" not in header


def test_over_https_the_cookie_belongs_to_this_host_alone(config: Config) -> None:
    served = replace(config, public_base_url="https://give.example.com")
    app = create_app(served, gateway=FakeGateway(), wake_worker=lambda: None)
    with app.app_context():
        runtime.install(app, replace(runtime.current(), now=Clock()))
        add_staff()
        browser = Desk(app.test_client())
        page = browser.client.get("/staff/login", base_url="https://give.example.com")
        token = page.text.split('name="csrf_token" value="')[1].split('"')[0]

        response = browser.client.post(
            "/staff/login",
            base_url="https://give.example.com",
            data={"csrf_token": token, "email": "editor@example.com", "password": PASSWORD},
        )
        db.engine.dispose()

    header = next(h for h in response.headers.getlist("Set-Cookie") if h.startswith("__Host-staff="))
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(header.split("; "))
