"""Each message once for its cause."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import pytest
from flask import Flask
from sqlalchemy import select

from donations.models import OutboxMessage, OutboxStatus, Supporter
from donations.models.database import reading, writing
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

    assert row().message_id.endswith("@donations.themoscowtimes.com>")


def test_a_message_that_is_leased_is_not_given_out_twice(supporter: Supporter) -> None:
    add(supporter)

    assert (len(claim()), len(claim()), len(claim(NOON + LEASE))) == (1, 0, 1)


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
