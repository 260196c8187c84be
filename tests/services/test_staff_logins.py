"""Tries are counted before they are checked, by account and by network."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from donations.domain.errors import InvalidEmail
from donations.models import StaffRole, StaffSession, StaffUser
from donations.models.database import reading, writing
from donations.services import staff_logins
from donations.services.staff_logins import Attempt, Refused
from donations.services.staff_users import create_staff_user
from tests.factories import NOON

SECRET = "a secret of at least thirty-two characters"
PASSWORD = "four words are long enough"


def try_once(email: str = "anna@example.com", address: str = "192.0.2.1") -> Attempt | Refused:
    with writing() as session:
        return staff_logins.begin(session, SECRET, email, address, NOON)


def add_anna() -> None:
    with writing() as session:
        create_staff_user(session, "anna@example.com", "Anna", StaffRole.ADMIN, PASSWORD, NOON)


def test_the_sixth_try_is_refused_before_the_first_five_are_known(app: Flask) -> None:
    answers = [try_once(address=f"192.0.2.{n}") for n in range(6)]

    assert [isinstance(answer, Refused) for answer in answers] == [False] * 5 + [True]
    assert answers[5] == Refused(NOON + timedelta(minutes=15))


def test_one_network_cannot_guess_through_many_accounts(app: Flask) -> None:
    answers = [try_once(f"guess{n}@example.com") for n in range(21)]

    assert [isinstance(answer, Refused) for answer in answers] == [False] * 20 + [True]
    assert isinstance(try_once("guess30@example.com", "192.0.2.2"), Attempt)


def test_the_many_addresses_of_one_ipv6_line_are_one_network(app: Flask) -> None:
    answers = [try_once(f"guess{n}@example.com", f"2001:db8:1:2::{n:x}") for n in range(21)]

    assert isinstance(answers[20], Refused)
    assert isinstance(try_once("guess30@example.com", "2001:db8:1:3::1"), Attempt)


def test_what_is_no_address_is_not_counted(app: Flask) -> None:
    with pytest.raises(InvalidEmail):
        try_once("not an address")


def test_a_login_gives_the_network_only_its_own_try_back(app: Flask) -> None:
    add_anna()
    for number in range(19):
        try_once(f"guess{number}@example.com")

    attempt = try_once()
    assert isinstance(attempt, Attempt)
    with writing() as session:
        assert staff_logins.finish(session, attempt, PASSWORD, None, NOON)

    assert isinstance(try_once("guess30@example.com"), Attempt)
    assert isinstance(try_once("guess31@example.com"), Refused)


def test_an_account_closed_while_its_password_was_compared_opens_nothing(app: Flask) -> None:
    add_anna()
    attempt = try_once()
    assert isinstance(attempt, Attempt)
    assert attempt.is_proven(PASSWORD)
    with writing() as session:
        session.scalars(select(StaffUser)).one().is_active = False

    with writing() as session:
        token = staff_logins.finish(session, attempt, PASSWORD, None, NOON)

    assert token is None
    with reading() as session:
        assert session.scalars(select(StaffSession)).all() == []


def test_a_login_says_when_it_was(app: Flask) -> None:
    add_anna()
    attempt = try_once()
    assert isinstance(attempt, Attempt)

    with writing() as session:
        staff_logins.finish(session, attempt, PASSWORD, None, NOON)

    with reading() as session:
        assert session.scalars(select(StaffUser.last_login_at)).one() == NOON


def test_old_sessions_are_cleared_away_in_time(app: Flask) -> None:
    add_anna()
    for days in (0, 20):
        with writing() as session:
            now = NOON + timedelta(days=days)
            attempt = staff_logins.begin(session, SECRET, "anna@example.com", "192.0.2.1", now)
            assert isinstance(attempt, Attempt)
            staff_logins.finish(session, attempt, PASSWORD, None, now)

    with reading() as session:
        opened = session.scalars(select(StaffSession.created_at)).all()
    assert opened == [NOON + timedelta(days=20)]
