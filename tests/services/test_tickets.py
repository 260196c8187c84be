"""Leases, generations, backing off: what keeps many workers from harm."""

from __future__ import annotations

from dataclasses import replace
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


def test_what_was_leased_a_while_ago_is_read_as_it_is_now(app: Flask) -> None:
    mark()
    (ticket,) = claim()
    mark(at=NOON + timedelta(seconds=1))

    with reading() as session:
        again = tickets.read_again(session, ticket)
        assert tickets.read_again(session, replace(ticket, id=ticket.id + 1)) is None

    assert again == replace(ticket, generation=2, marked_at=NOON + timedelta(seconds=1))


def test_what_another_worker_applied_or_set_aside_since_is_not_looked_at_again(app: Flask) -> None:
    for number in (1, 2):
        mark(f"pi_{number}")
    applied, aside = claim()
    finish(applied)
    with writing() as session:
        tickets.quarantine(session, aside, "another amount", NOON)

    with reading() as session:
        assert [tickets.read_again(session, each) for each in (applied, aside)] == [None, None]


def test_of_leased_tickets_those_that_are_given_back_are_due_again_at_once(app: Flask) -> None:
    for number in (1, 2, 3):
        mark(f"pi_{number}")
    first, second, _third = claim()
    now = NOON + timedelta(seconds=9)
    with writing() as session:
        # Marked by news meanwhile, as it seems: it has waited since.
        session.get_one(StripeObject, second.id).next_try_at = NOON

    with writing() as session:
        tickets.give_back(session, [first, second], now)

    with reading() as session:
        due = session.scalars(select(StripeObject.next_try_at).order_by(StripeObject.id)).all()
    assert due == [now, NOON, NOON + LEASE]


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


def test_a_ticket_tells_what_it_is_about(app: Flask) -> None:
    mark()
    mark(at=NOON + timedelta(seconds=1))

    (ticket,) = claim(NOON + timedelta(seconds=2))

    assert (ticket.id, ticket.kind, ticket.stripe_id) == (row().id, KIND, ID)
    assert (ticket.generation, ticket.tries) == (2, 0)
    assert ticket.marked_at == NOON + timedelta(seconds=1)


def test_the_next_ticket_is_the_earliest_that_waits(app: Flask) -> None:
    def next_due_at() -> datetime | None:
        with reading() as session:
            return tickets.next_due_at(session)

    assert next_due_at() is None
    mark("pi_2", NOON + timedelta(minutes=2))
    mark("pi_1", NOON + timedelta(minutes=1))
    assert next_due_at() == NOON + timedelta(minutes=1)

    (first,) = claim(NOON + timedelta(minutes=1))
    finish(first)
    assert next_due_at() == NOON + timedelta(minutes=2)
    (second,) = claim(NOON + timedelta(minutes=2))
    with writing() as session:
        tickets.quarantine(session, second, "another amount", NOON)
    assert next_due_at() is None


def test_what_was_applied_meanwhile_and_what_others_wait_for_is_not_set_aside(app: Flask) -> None:
    for number in (1, 2, 3):
        mark(f"pi_{number}")
    first, second, _third = claim()
    finish(first)

    with writing() as session:
        for each in (first, second):
            tickets.quarantine(session, each, "another amount", NOON)

    with reading() as session:
        aside = session.scalars(
            select(StripeObject.stripe_id).where(StripeObject.quarantined_at.is_not(None))
        ).all()
    assert aside == ["pi_2"]


def test_a_quarantine_says_why_and_when_as_far_as_there_is_room(app: Flask) -> None:
    mark()
    (ticket,) = claim()

    with writing() as session:
        tickets.quarantine(session, ticket, "why " * 300, NOON + timedelta(seconds=9))

    given_up = row()
    assert (given_up.quarantined_at, given_up.tries) == (NOON + timedelta(seconds=9), 1)
    assert (given_up.problem, given_up.next_try_at) == (("why " * 300)[:500], NOON + timedelta(seconds=9))
    assert given_up.applied == 0


def test_a_failure_is_noted_with_its_try_and_forgotten_with_a_success(app: Flask) -> None:
    mark()
    (ticket,) = claim()

    again_at = fail(ticket)

    assert (row().tries, row().problem, row().next_try_at) == (1, "StripeUnavailable", again_at)
    assert again_at is not None
    (ticket,) = claim(again_at)
    assert ticket.tries == 1
    finish(ticket, NOON + timedelta(minutes=1))
    assert (row().tries, row().problem, row().looked_at) == (0, None, NOON + timedelta(minutes=1))


def test_a_problem_longer_than_there_is_room_for_is_cut(app: Flask) -> None:
    mark()
    (ticket,) = claim()

    with writing() as session:
        tickets.fail(session, ticket, "x" * 600, NOON, Random(1))
    assert row().problem == "x" * 500
    with writing() as session:
        tickets.note(session, ticket, "y" * 600)

    assert row().problem == "y" * 500


def test_a_note_is_of_its_own_ticket_alone(app: Flask) -> None:
    mark("pi_1")
    mark("pi_2")
    first, _second = claim()

    with writing() as session:
        tickets.note(session, first, "not ours")

    with reading() as session:
        problems = session.scalars(select(StripeObject.problem).order_by(StripeObject.stripe_id)).all()
    assert problems == ["not ours", None]


def test_a_failure_puts_off_its_own_ticket_alone(app: Flask) -> None:
    mark("pi_1")
    mark("pi_2")
    first, second = claim()

    fail(first)

    with reading() as session:
        other = session.get_one(StripeObject, second.id)
    assert (other.tries, other.problem, other.next_try_at) == (0, None, NOON + LEASE)


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [(None, 1, 3), (0, 1, 3), (30, 30, 32), (7200, 3600, 3602)],
)
def test_a_rate_limit_is_waited_out_for_as_long_as_stripe_asks_an_hour_at_most(
    app: Flask, asked: float | None, least: int, most: int
) -> None:
    mark()
    (ticket,) = claim()
    waits: list[float] = []

    for seed in range(50):
        with writing() as session:
            again_at = tickets.wait(session, ticket, "RateLimited", asked, NOON, Random(seed))
        assert again_at is not None
        assert (row().next_try_at, row().problem) == (again_at, "RateLimited")
        waits.append((again_at - NOON).total_seconds())

    assert least <= min(waits) < least + 0.5
    assert most - 0.5 < max(waits) <= most


def test_after_exactly_a_day_a_rate_limit_is_still_no_try(app: Flask) -> None:
    mark()
    (ticket,) = claim()

    with writing() as session:
        tickets.wait(session, ticket, "RateLimited", 30, NOON + timedelta(days=1), Random(1))

    assert row().tries == 0


def test_an_object_was_looked_at_since_an_instant_or_not(app: Flask) -> None:
    mark()
    (ticket,) = claim()

    def was_looked_at(since: datetime, stripe_id: str = ID) -> bool:
        with reading() as session:
            return tickets.was_looked_at(session, KIND, stripe_id, since)

    assert was_looked_at(NOON) is False
    finish(ticket, NOON)
    assert was_looked_at(NOON) is True
    assert was_looked_at(NOON + timedelta(seconds=1)) is False
    assert was_looked_at(NOON, "pi_9") is False
    with reading() as session:
        assert tickets.was_looked_at(session, ObjectKind.CHARGE, ID, NOON) is False


@pytest.mark.parametrize(("tries", "seconds"), [(1, 4), (2, 20), (3, 100), (7, 62_500)])
def test_each_wait_is_five_times_the_one_before_give_or_take(tries: int, seconds: int) -> None:
    waits = [tickets.backoff(tries, Random(seed)).total_seconds() for seed in range(50)]

    assert 0.8 * seconds <= min(waits) < 0.9 * seconds
    assert 1.15 * seconds < max(waits) <= 1.25 * seconds
