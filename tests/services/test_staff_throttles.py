"""Tries are counted under names that give nobody away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from donations.models import Throttle
from donations.models.database import reading, writing
from donations.services.throttles import Limit, give_back_try, network_of, take_try, throttle_key
from tests.factories import NOON

LIMIT = Limit("test", 2, timedelta(minutes=10))
SECRET = "a secret of at least thirty-two characters"


def take(subject: str = "somebody", minutes: float = 0) -> object:
    now = NOON + timedelta(minutes=minutes)
    with writing() as session:
        return take_try(session, LIMIT, throttle_key(SECRET, LIMIT, subject, NOON), now)


def test_a_window_begins_with_the_first_try_and_refusals_do_not_lengthen_it(app: Flask) -> None:
    answers = [take(minutes=minute) for minute in (0, 4, 8, 9, 10)]

    ends = NOON + timedelta(minutes=10)
    assert answers == [None, None, ends, ends, None]


def test_subjects_are_counted_apart(app: Flask) -> None:
    answers = [take("one"), take("one"), take("another")]

    assert answers == [None, None, None]
    assert take("one") is not None


def test_a_try_given_back_can_be_made_again(app: Flask) -> None:
    take()
    take()
    with writing() as session:
        give_back_try(session, throttle_key(SECRET, LIMIT, "somebody", NOON))

    assert take() is None
    assert take() is not None


def test_a_window_that_is_over_leaves_no_row(app: Flask) -> None:
    take("one")
    take("another", minutes=11)

    with reading() as session:
        assert len(session.scalars(select(Throttle)).all()) == 1


def test_the_key_changes_with_the_day_the_secret_the_scope_and_the_subject() -> None:
    other = Limit("other", 2, LIMIT.window)
    keys = {
        throttle_key(SECRET, LIMIT, "somebody", NOON),
        throttle_key(SECRET, LIMIT, "somebody", NOON + timedelta(days=1)),
        throttle_key(SECRET.upper(), LIMIT, "somebody", NOON),
        throttle_key(SECRET, other, "somebody", NOON),
        throttle_key(SECRET, LIMIT, "somebody else", NOON),
    }

    assert len(keys) == 5


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("not an address", "unknown"),
        ("", "unknown"),
    ],
)
def test_a_network_is_one_line_to_the_internet(address: str, network: str) -> None:
    assert network_of(address) == network
