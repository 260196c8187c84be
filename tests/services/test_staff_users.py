"""Members of staff are added with a password that withstands guessing."""

from __future__ import annotations

import pytest
from flask import Flask

from donations.domain.errors import InvalidEmail, InvalidName
from donations.models import StaffRole
from donations.models.database import reading, writing
from donations.services.staff_users import (
    StaffUserExists,
    WeakPassword,
    create_staff_user,
    find_staff_user,
    hash_password,
    password_matches,
)
from tests.factories import NOON

PASSWORD = "four words are long enough"


def test_a_new_member_is_known_by_the_address_in_its_one_spelling(app: Flask) -> None:
    with writing() as session:
        create_staff_user(session, " Anna@Example.COM", " Anna  Petrova ", StaffRole.FINANCE, PASSWORD, NOON)

    with reading() as session:
        user = find_staff_user(session, "anna@example.com")
        assert user is not None
        assert (user.name, user.role, user.is_active) == ("Anna Petrova", StaffRole.FINANCE, True)
        assert password_matches(PASSWORD, user.password_hash)


def test_one_address_is_one_member(app: Flask) -> None:
    with writing() as session:
        create_staff_user(session, "anna@example.com", "Anna", StaffRole.ADMIN, PASSWORD, NOON)

    with writing() as session, pytest.raises(StaffUserExists):
        create_staff_user(session, "ANNA@example.com", "Another", StaffRole.VIEWER, PASSWORD, NOON)


@pytest.mark.parametrize(
    ("email", "name", "error"), [("nothing", "Anna", InvalidEmail), ("anna@example.com", "  ", InvalidName)]
)
def test_a_member_without_address_or_name_is_refused(
    app: Flask, email: str, name: str, error: type[Exception]
) -> None:
    with writing() as session, pytest.raises(error):
        create_staff_user(session, email, name, StaffRole.ADMIN, PASSWORD, NOON)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("elevenchars", "12 characters or more"),
        ("", "12 characters or more"),
        ("aaaaaaaaaaaaaaaa", "harder to guess"),
        ("Anna@example.com", "harder to guess"),
        ("long" * 300, "1024 characters or fewer"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(password: str, why: str) -> None:
    with pytest.raises(WeakPassword, match=why):
        hash_password(password, "anna@example.com")


def test_a_password_is_the_same_however_its_accents_are_typed() -> None:
    composed, decomposed = "caf\u00e9 au lait, s'il vous", "cafe\u0301 au lait, s'il vous"

    assert password_matches(decomposed, hash_password(composed, "anna@example.com"))


def test_no_password_matches_where_there_is_no_account() -> None:
    assert not password_matches("no account has this password", None)


def test_a_hash_that_is_none_matches_nothing() -> None:
    assert not password_matches(PASSWORD, "not a hash")
