"""Each message once for its cause."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from donations.models import OutboxMessage, OutboxStatus, Supporter
from donations.models.database import db, reading, writing
from donations.runtime import current
from donations.services import outbox
from donations.services.outbox import LEASE, Letter
from donations.services.tickets import MOST_TRIES
from tests import factories
from tests.factories import NOON


@pytest.fixture
def supporter(app: Flask) -> Supporter:
    with writing() as session:
        return factories.make_supporter(session, current().vault)


def add(supporter: Supporter, cause: str = "pi_1") -> bool:
    with writing() as session:
        return outbox.add(session, "receipt", cause, supporter.id, NOON)


def claim(at: datetime = NOON) -> list[Letter]:
    with writing() as session:
        return outbox.claim_due(session, 10, at)


def row() -> OutboxMessage:
    with reading() as session:
        return session.scalars(select(OutboxMessage)).one()


def test_a_cause_has_one_message_of_a_kind(supporter: Supporter) -> None:
    assert [add(supporter), add(supporter)] == [True, False]

    assert row().details is None
    assert row().message_id.endswith("@donations.themoscowtimes.com>")


def test_a_message_that_is_leased_is_not_given_out_twice(supporter: Supporter) -> None:
    add(supporter)

    assert (len(claim()), len(claim()), len(claim(NOON + LEASE))) == (1, 0, 1)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_message_that_another_worker_is_leasing_now_is_passed_over(supporter: Supporter) -> None:
    add(supporter, "pi_1")
    add(supporter, "pi_2")

    with db.sessionmaker() as other, other.begin():
        first = outbox.claim_due(other, 1, NOON)
        second = claim()

    assert [[each.cause for each in first], [each.cause for each in second]] == [["pi_1"], ["pi_2"]]


def test_a_message_sent_again_after_a_crash_has_the_same_id(supporter: Supporter) -> None:
    add(supporter)

    assert claim()[0].message_id == claim(NOON + LEASE)[0].message_id


def test_a_sent_message_is_never_given_out_again(supporter: Supporter) -> None:
    add(supporter)
    (letter,) = claim()

    with writing() as session:
        outbox.mark_sent(session, letter, NOON)
        outbox.fail(session, letter, "too late", NOON, Random(1))

    assert (row().status, row().sent_at) == (OutboxStatus.SENT, NOON)
    assert claim(NOON + timedelta(days=9)) == []


@pytest.mark.parametrize(("for_good", "tries"), [(False, MOST_TRIES), (True, 1)])
def test_a_message_is_given_up_after_its_last_try_or_at_once(
    supporter: Supporter, for_good: bool, tries: int
) -> None:
    add(supporter)
    now = NOON
    for _ in range(tries):
        assert row().status is OutboxStatus.WAITING
        (letter,) = claim(now)
        with writing() as session:
            outbox.fail(session, letter, "SMTPResponseException 550", now, Random(1), for_good=for_good)
        now = row().next_try_at

    assert (row().status, row().tries) == (OutboxStatus.FAILED, tries)
    assert claim(now + timedelta(days=9)) == []


def test_all_of_a_message_is_written_down(supporter: Supporter) -> None:
    later = NOON + timedelta(days=3)

    with writing() as session:
        outbox.add(
            session, "gift_changed", "sub_1:2", supporter.id, NOON, not_before=later, details={"b": 2, "a": 1}
        )

    message = row()
    assert (message.kind, message.cause, message.supporter_id) == ("gift_changed", "sub_1:2", supporter.id)
    assert (message.status, message.tries, message.details) == (OutboxStatus.WAITING, 0, '{"a": 1, "b": 2}')
    assert (message.created_at, message.next_try_at) == (NOON, later)
    assert message.message_id.startswith("<")
    assert claim(later - timedelta(seconds=1)) == []
    (letter,) = claim(later)
    assert (letter.kind, letter.cause, letter.supporter_id) == ("gift_changed", "sub_1:2", supporter.id)
    assert (letter.tries, letter.details, letter.message_id) == (0, {"a": 1, "b": 2}, message.message_id)


def test_a_message_is_due_from_its_time_on(supporter: Supporter) -> None:
    add(supporter)

    with reading() as session:
        assert outbox.is_any_due(session, NOON) is True
        assert outbox.is_any_due(session, NOON - timedelta(seconds=1)) is False


def test_messages_that_wait_longest_are_given_out_first(supporter: Supporter) -> None:
    with writing() as session:
        for number in (2, 1, 3):
            outbox.add(session, "receipt", f"pi_{number}", supporter.id, NOON + timedelta(seconds=number))
        first = outbox.claim_due(session, 2, NOON + timedelta(minutes=1))

    assert [letter.cause for letter in first] == ["pi_1", "pi_2"]


def test_a_message_that_need_not_be_sent_keeps_its_cause_and_says_why(supporter: Supporter) -> None:
    add(supporter)
    (letter,) = claim()

    with writing() as session:
        outbox.skip(session, letter, "suppressed", NOON + timedelta(minutes=1))

    assert (row().skipped_at, row().problem) == (NOON + timedelta(minutes=1), "suppressed")
    assert row().status is OutboxStatus.WAITING
    assert claim(NOON + timedelta(days=9)) == []
    assert add(supporter) is False


def test_what_was_sent_is_not_skipped_afterwards(supporter: Supporter) -> None:
    add(supporter)
    (letter,) = claim()

    with writing() as session:
        outbox.mark_sent(session, letter, NOON)
        outbox.skip(session, letter, "suppressed", NOON)

    assert (row().skipped_at, row().problem) == (None, None)


def test_a_failed_message_is_tried_again_after_a_while_and_says_why(supporter: Supporter) -> None:
    add(supporter)
    (letter,) = claim()

    with writing() as session:
        outbox.fail(session, letter, "TimeoutError", NOON, Random(1))

    assert (row().tries, row().problem, row().status) == (1, "TimeoutError", OutboxStatus.WAITING)
    assert timedelta(seconds=3) < row().next_try_at - NOON < timedelta(seconds=6)


def test_withdrawing_takes_back_what_waits_of_a_kind_and_cause_but_for_one(supporter: Supporter) -> None:
    with writing() as session:
        other = factories.make_supporter(session, current().vault)
        for kind, cause, whose in (
            ("card_expiring", "pm_1:2026-12:30", supporter),
            ("card_expiring", "pm_1:2027-01:30", supporter),
            ("card_expiring", "pm_2:2026-12:30", supporter),
            ("receipt", "pm_1:2026-12:7", supporter),
            ("card_expiring", "pm_1:2026-12:7", other),
            # An underscore stands for itself, not for any letter.
            ("card_expiring", "pmX1:2026-12:30", supporter),
        ):
            outbox.add(session, kind, cause, whose.id, NOON)
        outbox.withdraw(
            session, "card_expiring", supporter.id, "pm_1:", but="pm_1:2027-01", reason="renewed", now=NOON
        )

    with reading() as session:
        skipped = session.scalars(select(OutboxMessage).where(OutboxMessage.skipped_at.is_not(None))).all()
    assert [(each.cause, each.supporter_id) for each in skipped] == [("pm_1:2026-12:30", supporter.id)]
    assert (skipped[0].problem, skipped[0].skipped_at) == ("renewed", NOON)


def test_withdrawing_leaves_only_what_begins_with_the_exception_letter_by_letter(
    supporter: Supporter,
) -> None:
    add(supporter, "pm_1:a_b")
    add(supporter, "pm_1:aXb")

    with writing() as session:
        outbox.withdraw(session, "receipt", supporter.id, "pm_1:", but="pm_1:a_b", reason="renewed", now=NOON)

    assert by_cause(OutboxMessage.problem) == {"pm_1:a_b": None, "pm_1:aXb": "renewed"}


def test_withdrawing_leaves_what_was_sent_or_set_aside_as_it_is(supporter: Supporter) -> None:
    for cause in ("pm_1:1", "pm_1:2", "pm_1:3"):
        add(supporter, cause)
    sent, aside, _waiting = claim()

    with writing() as session:
        outbox.mark_sent(session, sent, NOON)
        outbox.skip(session, aside, "suppressed", NOON)
        outbox.withdraw(session, "receipt", supporter.id, "pm_1:", but="x", reason="renewed", now=NOON)

    assert by_cause(OutboxMessage.problem) == {"pm_1:1": None, "pm_1:2": "suppressed", "pm_1:3": "renewed"}


@pytest.mark.parametrize("act", ["sent", "skipped", "failed"])
def test_what_becomes_of_a_message_is_noted_on_that_one_alone(supporter: Supporter, act: str) -> None:
    add(supporter, "pi_1")
    add(supporter, "pi_2")
    letter, _other = claim()

    with writing() as session:
        if act == "sent":
            outbox.mark_sent(session, letter, NOON)
        elif act == "skipped":
            outbox.skip(session, letter, "suppressed", NOON)
        else:
            outbox.fail(session, letter, "TimeoutError", NOON, Random(1))

    assert by_cause(OutboxMessage.problem)["pi_2"] is None
    assert by_cause(OutboxMessage.status)["pi_2"] is OutboxStatus.WAITING
    assert by_cause(OutboxMessage.next_try_at)["pi_2"] == NOON + LEASE


def by_cause(column: InstrumentedAttribute[Any]) -> dict[str, Any]:
    with reading() as session:
        return {row.cause: row[1] for row in session.execute(select(OutboxMessage.cause, column))}
