"""Staff log in; guessing is slowed; the login leads nowhere else."""

from __future__ import annotations

import hashlib

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from donations.models import StaffUser, Throttle
from donations.models.database import reading, writing
from donations.services import staff_users
from donations.web.staff.gate import safe_next
from tests.quick_apps import STRONG
from tests.web.staff.conftest import PASSWORD, Clock, Desk

WRONG = "The email address or the password is not right"


def test_the_right_password_opens_the_overview(desk: Desk) -> None:
    response = desk.logs_in()

    assert (response.status_code, response.headers["Location"]) == (303, "/staff")
    page = desk.sees("/staff")
    assert "Anna Petrova" in page.text
    assert "Admin" in page.text


def test_capitals_and_spaces_around_the_address_do_not_matter(desk: Desk) -> None:
    assert desk.logs_in(email=" Editor@Example.com ").status_code == 303


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("editor@example.com", "not the right password"),
        ("nobody@example.com", PASSWORD),
        ("nobody@example.com", "not the right password"),
    ],
)
def test_wrong_password_and_unknown_address_get_the_same_answer(
    desk: Desk, email: str, password: str
) -> None:
    response = desk.logs_in(email, password)

    assert response.status_code == 422
    assert WRONG in response.text
    assert f'value="{email}"' in response.text
    assert password not in response.text
    assert not desk.is_logged_in()


def test_an_unknown_address_costs_the_same_password_check(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify, checked = PasswordHasher.verify, list[str]()

    def noting(hasher: PasswordHasher, hashed: str, password: str) -> bool:
        checked.append(hashed)
        return verify(hasher, hashed, password)

    monkeypatch.setattr(PasswordHasher, "verify", noting)
    desk.logs_in("nobody@example.com", "not the right password")
    desk.logs_in("editor@example.com", "not the right password")

    parameters = [hashed.rsplit("$", 2)[0] for hashed in checked]
    assert len(parameters) == 2
    assert parameters[0] == parameters[1]


def test_a_closed_account_gets_the_answer_of_a_wrong_password(desk: Desk) -> None:
    with writing() as session:
        session.scalars(select(StaffUser)).one().is_active = False

    response = desk.logs_in()

    assert response.status_code == 422
    assert WRONG in response.text


def test_what_is_missing_is_named_and_not_counted(desk: Desk) -> None:
    assert "Enter your password" in desk.logs_in(password="").text
    assert "Enter an email address" in desk.logs_in(email="not an address").text
    with reading() as session:
        assert session.scalars(select(Throttle)).all() == []


def test_after_five_failures_even_the_right_password_waits(desk: Desk, clock: Clock) -> None:
    for _ in range(5):
        assert desk.logs_in(password="not the right password").status_code == 422
    clock.moves(minutes=4)

    response = desk.logs_in()

    assert response.status_code == 429
    assert "Too many attempts to log in. Please wait 11 minutes, then try again" in response.text
    assert response.headers["Retry-After"] == str(11 * 60)
    assert 'value="editor@example.com"' in response.text
    assert not desk.is_logged_in()


def test_when_the_wait_is_over_the_right_password_works(desk: Desk, clock: Clock) -> None:
    for _ in range(7):
        desk.logs_in(password="not the right password")

    clock.moves(minutes=15)

    assert desk.logs_in().status_code == 303


def test_an_unknown_address_is_slowed_like_a_known_one(desk: Desk) -> None:
    statuses = [desk.logs_in("nobody@example.com", "wrong password").status_code for _ in range(6)]

    assert statuses == [422] * 5 + [429]


def test_a_login_that_succeeds_forgets_the_failures_before(desk: Desk) -> None:
    for _ in range(2):
        for _ in range(4):
            assert desk.logs_in(password="not the right password").status_code == 422
        assert desk.logs_in().status_code == 303
        desk.logs_out()


def test_no_address_and_no_network_is_stored_by_the_throttle(desk: Desk) -> None:
    desk.logs_in(password="not the right password")

    with reading() as session:
        rows = session.scalars(select(Throttle)).all()
        keys = {row.key for row in rows}
    plain = {hashlib.sha256(each).digest() for each in (b"editor@example.com", b"127.0.0.1")}
    assert len(keys) == 2
    assert all(len(key) == 32 for key in keys)
    assert keys.isdisjoint(plain)


def test_a_login_leads_to_the_page_that_was_asked_for(desk: Desk) -> None:
    asked = desk.client.get("/staff/donations?currency=usd")
    assert asked.headers["Location"] == "/staff/login?next=/staff/donations?currency%3Dusd"

    form = desk.sees(asked.headers["Location"]).find("input", {"name": "next"})
    assert form is not None
    response = desk.logs_in(next=str(form["value"]))

    assert response.headers["Location"] == "/staff/donations?currency=usd"


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/staff",
        "//evil.example/staff",
        "/\\evil.example/staff",
        "\\\\evil.example/staff",
        "/staff\\..\\..\\evil",
        "/staff/../support",
        "/support",
        "/staffing",
        "javascript:alert(1)",
        "/staff\r\nSet-Cookie: a=b",
        "\t//evil.example",
        "",
    ],
)
def test_no_other_page_can_be_named_as_the_next(wanted: str) -> None:
    assert safe_next(wanted) is None


def test_a_login_with_a_foreign_next_leads_to_the_overview(desk: Desk) -> None:
    assert desk.logs_in(next="//evil.example/staff").headers["Location"] == "/staff"


def test_whoever_is_logged_in_is_not_asked_again(editor: Desk) -> None:
    response = editor.client.get("/staff/login?next=/staff/donations")

    assert (response.status_code, response.headers["Location"]) == (303, "/staff/donations")


def test_a_login_hashes_again_what_was_hashed_with_weaker_parameters(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staff_users, "_hasher", STRONG)
    weaker = PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD)
    with writing() as session:
        session.scalars(select(StaffUser)).one().password_hash = weaker

    assert desk.logs_in().status_code == 303

    with reading() as session:
        stored = session.scalars(select(StaffUser.password_hash)).one()
    assert not PasswordHasher().check_needs_rehash(stored)
    assert PasswordHasher().verify(stored, PASSWORD)


def test_a_login_leaves_a_hash_of_today_as_it_is(desk: Desk) -> None:
    with reading() as session:
        before = session.scalars(select(StaffUser.password_hash)).one()

    desk.logs_in()

    with reading() as session:
        assert session.scalars(select(StaffUser.password_hash)).one() == before
