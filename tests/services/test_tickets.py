"""Leases, generations, backing off: what keeps many workers from harm."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import pytest
from flask import Flask
from sqlalchemy import event, select

from donations.gateway.kinds import ObjectKind
from donations.models import StripeObject
from donations.models.database import db, reading, writing
from donations.services import inbox, tickets
from donations.services.tickets import LEASE, MOST_TRIES, Ticket
from tests.factories import NOON

KIND, ID = ObjectKind.PAYMENT_INTENT, "pi_1"


def mark(stripe_id: str = ID, at: datetime = NOON) -> int:
    with writing() as session:
        return inbox.mark(session, KIND, stripe_id, at)


def claim(at: datetime = NOON, limit: int = 10) -> list[Ticket]:
    with writing() as session:
        return tickets.claim_due(session, limit, at)


def finish(ticket: Ticket, at: datetime = NOON) -> bool:
    with writing() as session:
        return tickets.finish(session, ticket, at)


def fail(ticket: Ticket, at: datetime = NOON) -> datetime | None:
    with writing() as session:
        return tickets.fail(session, ticket, "StripeUnavailable", at, Random(1))


def row() -> StripeObject:
    with reading() as session:
        return session.scalars(select(StripeObject)).one()


def test_a_leased_ticket_is_not_given_out_again_until_the_lease_runs_out(app: Flask) -> None:
    mark()

    assert [ticket.stripe_id for ticket in claim()] == [ID]
    assert claim(NOON + LEASE - timedelta(seconds=1)) == []
    assert [ticket.stripe_id for ticket in claim(NOON + LEASE)] == [ID]


def test_what_waits_longest_is_given_out_first(app: Flask) -> None:
    for number in (3, 1, 2):
        mark(f"pi_{number}", NOON + timedelta(seconds=number))

    assert [ticket.stripe_id for ticket in claim(NOON + timedelta(minutes=1), limit=2)] == ["pi_1", "pi_2"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_ticket_that_another_worker_is_leasing_now_is_passed_over(app: Flask) -> None:
    mark("pi_1")
    mark("pi_2", NOON + timedelta(seconds=1))
    later = NOON + timedelta(minutes=1)

    with db.sessionmaker() as other, other.begin():
        first = tickets.claim_due(other, 1, later)
        second = claim(later)

    assert [[t.stripe_id for t in first], [t.stripe_id for t in second]] == [["pi_1"], ["pi_2"]]


def test_a_finished_ticket_rests_until_it_is_marked(app: Flask) -> None:
    mark()
    (ticket,) = claim()

    assert finish(ticket, NOON) is True
    assert (row().applied, row().looked_at) == (1, NOON)
    assert claim(NOON + timedelta(days=9)) == []


def test_what_was_marked_during_the_fetch_is_due_at_once(app: Flask) -> None:
    mark()
    (ticket,) = claim()
    mark(at=NOON + timedelta(seconds=1))

    finish(ticket)

    assert (row().applied, row().generation) == (1, 2)
    assert [again.generation for again in claim(NOON + timedelta(seconds=1))] == [2]


def test_of_two_copies_the_one_asked_for_first_is_not_applied_after_the_other(app: Flask) -> None:
    mark()
    (slow,) = claim()
    mark(at=NOON + timedelta(seconds=1))
    (quick,) = claim(NOON + timedelta(seconds=1))

    assert finish(quick) is True
    assert finish(slow) is False
    assert row().applied == 2


def test_finishing_says_so_in_its_first_statement(app: Flask) -> None:
    """The row lock that it takes is what keeps two copies of one object apart."""
    mark()
    (ticket,) = claim()
    said: list[str] = []
    listener = lambda _c, _u, statement, *_: said.append(statement)  # noqa: E731

    event.listen(db.engine, "before_cursor_execute", listener)
    finish(ticket)
    event.remove(db.engine, "before_cursor_execute", listener)

    assert [statement.split()[0] for statement in said if "BEGIN" not in statement] == ["UPDATE"]


def test_failures_back_off_for_about_a_day_and_then_quarantine(app: Flask) -> None:
    mark()
    now, waits = NOON, []
    for _ in range(MOST_TRIES):
        (ticket,) = claim(now)
        again_at = fail(ticket, now)
        waits.append(again_at)
        if again_at is not None:
            assert claim(again_at - timedelta(seconds=1)) == []
            now = again_at

    assert waits[-1] is None
    assert None not in waits[:-1]
    assert timedelta(hours=15) < now - NOON < timedelta(hours=36)
    assert row().quarantined_at == now
    assert row().problem == "gave up after 8 tries: StripeUnavailable"
    assert claim(now + timedelta(days=30)) == []


def test_backing_off_has_jitter(app: Flask) -> None:
    assert len({tickets.backoff(3, Random(seed)) for seed in range(20)}) == 20


def test_a_failure_does_not_put_off_what_was_marked_meanwhile(app: Flask) -> None:
    mark()
    (ticket,) = claim()
    mark(at=NOON + timedelta(seconds=1))

    fail(ticket, NOON + timedelta(seconds=2))

    assert len(claim(NOON + timedelta(seconds=2))) == 1


def test_a_failure_after_a_fresher_success_changes_nothing(app: Flask) -> None:
    mark()
    (slow,) = claim()
    (quick,) = claim(NOON + LEASE)
    finish(quick)

    fail(slow, NOON + LEASE)

    assert (row().tries, row().problem) == (0, None)


def test_a_quarantine_does_not_outlive_news_that_came_meanwhile(app: Flask) -> None:
    mark()
    (ticket,) = claim()
    mark(at=NOON + timedelta(seconds=1))

    with writing() as session:
        tickets.quarantine(session, ticket, "another amount", NOON + timedelta(seconds=2))

    assert row().quarantined_at is None
    assert len(claim(NOON + timedelta(seconds=2))) == 1


def test_a_rate_limit_is_waited_out_and_counts_as_no_try_within_a_day(app: Flask) -> None:
    mark()
    (ticket,) = claim()

    def wait(at: datetime) -> datetime | None:
        with writing() as session:
            return tickets.wait(session, ticket, "RateLimited", 30, at, Random(1))

    again_at = wait(NOON)
    assert again_at is not None
    assert timedelta(seconds=30) <= again_at - NOON <= timedelta(seconds=32)
    assert row().tries == 0

    wait(NOON + timedelta(days=1, seconds=1))
    assert row().tries == 1
