"""Calls that are written down before they are made: leased, made again with the same key, answered once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from donations.domain.changes import ChangeKind
from donations.domain.written_calls import CallStatus
from donations.models import GiftChange, Subscription
from donations.models.database import db, reading, writing
from donations.runtime import current
from donations.services import gift_changes, written_calls
from donations.services.gift_changes import Wish
from donations.services.written_calls import ASKING_LASTS, KEY_LASTS
from tests.factories import NOON, make_subscription, make_supporter

SECOND = timedelta(seconds=1)


@pytest.fixture
def gift(app: Flask) -> Subscription:
    with writing() as session:
        return make_subscription(session, make_supporter(session, current().vault))


def write(gift: Subscription, number: int = 1, after: timedelta = timedelta()) -> str:
    """Of a change; returns the reference."""
    with writing() as session:
        wish = Wish(ChangeKind.AMOUNT, f"form-{number}", {"b": 2, "a": 1})
        return gift_changes.begin(session, gift, wish, NOON + after)[0].reference


def row() -> GiftChange:
    with reading() as session:
        return session.scalars(select(GiftChange)).one()


def claim(after: timedelta, limit: int = 10) -> list[str]:
    """The nonces of what is claimed then."""
    with writing() as session:
        return [each.nonce for each in written_calls.claim(session, GiftChange, limit, NOON + after)]


def is_any_due(after: timedelta) -> bool:
    with reading() as session:
        return written_calls.is_any_due(session, GiftChange, NOON + after)


def test_all_that_a_call_needs_is_written_down_before_it_is_made(gift: Subscription) -> None:
    columns = written_calls.first_columns("form", {"b": 2, "a": 1}, NOON, "chosen")
    other = written_calls.first_columns("form", {}, NOON)

    references = {columns.pop("idempotency_key"), other["idempotency_key"], other["reference"]}
    assert len(references) == 3
    assert None not in references
    assert columns == {
        "reference": "chosen",
        "status": CallStatus.ASKING,
        "nonce": "form",
        "parameters": '{"a": 1, "b": 2}',
        "tries": 0,
        "next_try_at": NOON + ASKING_LASTS,
        "created_at": NOON,
    }


def test_a_call_that_is_being_made_is_left_alone_until_it_can_have_ended(gift: Subscription) -> None:
    write(gift)

    assert (is_any_due(ASKING_LASTS - SECOND), claim(ASKING_LASTS - SECOND)) == (False, [])
    assert (is_any_due(ASKING_LASTS), claim(ASKING_LASTS)) == (True, ["form-1"])
    assert row().next_try_at == NOON + 2 * ASKING_LASTS


def test_what_waits_longest_is_asked_first(gift: Subscription) -> None:
    for number in (2, 1, 3):
        write(gift, number, number * SECOND)

    assert claim(timedelta(hours=1), 2) == ["form-1", "form-2"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_call_that_another_worker_is_leasing_now_is_passed_over(gift: Subscription) -> None:
    for number in (1, 2):
        write(gift, number, number * SECOND)

    with db.sessionmaker() as other, other.begin():
        mine = [each.nonce for each in written_calls.claim(other, GiftChange, 1, NOON + timedelta(hours=1))]
        theirs = claim(timedelta(hours=1))

    assert (mine, theirs) == (["form-1"], ["form-2"])


def test_the_same_nonce_finds_what_was_written_first(gift: Subscription) -> None:
    wishes = [Wish(ChangeKind.AMOUNT, "form", {}, amount) for amount in (1500, 9900)]

    with writing() as session:
        (first, is_new), (again, is_new_again) = (
            gift_changes.begin(session, gift, wish, NOON) for wish in wishes
        )

    assert (is_new, is_new_again) == (True, False)
    assert (again.id, again.wanted_amount) == (first.id, 1500)


def test_the_key_is_good_for_23_hours_to_the_second() -> None:
    assert timedelta(hours=23) == KEY_LASTS
    assert written_calls.may_be_made(NOON, NOON + KEY_LASTS)
    assert not written_calls.may_be_made(NOON, NOON + KEY_LASTS + SECOND)


def test_the_first_answer_counts_and_ends_the_asking(gift: Subscription) -> None:
    reference = write(gift)

    with writing() as session:
        change = written_calls.get(session, GiftChange, reference)
        assert written_calls.answer(change, CallStatus.REFUSED, "no " * 200, NOON)
        assert not written_calls.answer(change, CallStatus.ACCEPTED, None, NOON + SECOND)
        written_calls.put_off(change, "too late", NOON + timedelta(days=3))

    after = row()
    assert (after.status, after.answered_at) == (CallStatus.REFUSED, NOON)
    assert (after.problem, after.tries) == (("no " * 200)[:255], 0)
    assert not is_any_due(timedelta(days=9))
    assert claim(timedelta(days=9)) == []


def test_an_answer_without_a_problem_takes_away_the_one_before(gift: Subscription) -> None:
    reference = write(gift)

    for tries in (1, 2):
        with writing() as session:
            change = written_calls.get(session, GiftChange, reference)
            written_calls.put_off(change, "silence " * 50, NOON + timedelta(hours=tries))
        assert (row().tries, row().next_try_at) == (tries, NOON + timedelta(hours=tries))
        assert row().problem == ("silence " * 50)[:255]
    with writing() as session:
        change = written_calls.get(session, GiftChange, reference)
        written_calls.answer(change, CallStatus.ACCEPTED, None, NOON)

    assert (row().status, row().problem) == (CallStatus.ACCEPTED, None)


def test_a_call_is_found_by_its_reference_alone(gift: Subscription) -> None:
    references = [write(gift, number) for number in (1, 2)]

    with reading() as session:
        found = written_calls.find(session, GiftChange, references[1])
        assert written_calls.find(session, GiftChange, "another") is None

    assert found is not None
    assert found.nonce == "form-2"
