"""Workers look at Stripe's objects no faster than agreed, and as seldom as they can."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from donations.domain.gifts import Frequency
from donations.gateway.errors import RateLimited
from donations.gateway.kinds import ObjectKind
from donations.jobs import drain, pace
from donations.models import Donation, StripeObject
from donations.models.database import reading
from donations.runtime import Runtime
from donations.services import call_budget
from donations.services.tickets import Ticket
from tests.sync.desk import Desk, count_of
from tests.sync.lives import ids, invoice, payment_intent, truth

INVOICE, PI = ObjectKind.INVOICE, ObjectKind.PAYMENT_INTENT


def invoices(desk: Desk, count: int) -> None:
    """So many tickets, each of an invoice that is nobody's."""
    for number in range(count):
        stranger = invoice(desk.checkout(Frequency.MONTHLY), id=f"in_{number}", subscription_id=None)
        desk.gateway.objects.update(truth(stranger))
        desk.deliver(INVOICE, f"in_{number}")


def slowly(desk: Desk, per_second: int, waits: list[float]) -> Runtime:
    config = replace(desk.runtime.config, stripe_calls_per_second=per_second)
    return replace(desk.runtime, config=config, pause=waits.append)


def backlog(desk: Desk) -> timedelta:
    with reading() as session:
        return call_budget.backlog(session, pace.SCOPE, desk.clock.time)


@pytest.mark.parametrize("marks", [1, 50])
def test_however_often_an_object_is_marked_it_is_fetched_once(desk: Desk, marks: int) -> None:
    checkout = desk.checkout()
    desk.tell(payment_intent(checkout))
    for _ in range(marks):
        desk.deliver(PI, ids(checkout)["payment_intent"])

    assert desk.drain() == 1

    assert (desk.gateway.calls, count_of(Donation)) == (1, 1)


def test_each_call_takes_its_share_of_the_rate_that_all_processes_have(desk: Desk) -> None:
    invoices(desk, 5)
    waits: list[float] = []

    assert drain.drain(slowly(desk, 20, waits), desk.random) == 5

    # An invoice is two calls, so ten were taken at twenty a second.
    assert timedelta(seconds=0.4) < backlog(desk) <= timedelta(seconds=0.5)
    assert len(waits) >= 1


def test_nothing_is_leased_while_others_use_up_the_rate(desk: Desk) -> None:
    invoices(desk, 1)
    pace.hold_back(desk.runtime, 30)

    assert desk.drain() == 0
    assert drain.is_any_due(desk.runtime) is True
    desk.clock.forward(timedelta(seconds=31))

    assert desk.drain() == 1


def test_a_rate_limit_of_one_makes_all_wait_and_none_loses_its_turn(desk: Desk) -> None:
    invoices(desk, 3)
    desk.gateway.raising.append(RateLimited(was_answered=True, retry_after=30))

    assert desk.drain() == 1
    assert desk.drain() == 0
    assert desk.gateway.calls == 1
    desk.clock.forward(timedelta(seconds=33))
    desk.drain()

    assert {ticket.applied for ticket in all_tickets()} == {1}
    assert {ticket.tries for ticket in all_tickets()} == {0}


def all_tickets() -> list[StripeObject]:
    with reading() as session:
        return list(session.scalars(select(StripeObject)))


def looking(desk: Desk) -> Callable[[Ticket], bool]:
    return lambda ticket: drain.look_again(desk.runtime, ticket, desk.random) is drain.Answer.GIVEN


def test_what_was_marked_since_the_lease_is_looked_at_with_it(desk: Desk) -> None:
    invoices(desk, 2)
    batch = pace.lease(desk.runtime, 2)
    desk.deliver(INVOICE, "in_1")

    pace.work_through(desk.runtime, batch, looking(desk), threads=1)

    assert desk.ticket(INVOICE, "in_1").applied == 2
    assert desk.gateway.calls == 2


def test_what_another_worker_looked_at_since_the_lease_is_not_fetched_again(desk: Desk) -> None:
    invoices(desk, 2)
    batch = pace.lease(desk.runtime, 2)
    desk.deliver(INVOICE, "in_1")
    desk.drain()

    pace.work_through(desk.runtime, batch, looking(desk), threads=1)

    assert desk.gateway.calls == 2


def test_several_threads_apply_each_ticket_once(app: Flask, desk: Desk) -> None:
    lives = [desk.checkout() for _ in range(12)]
    for checkout in lives:
        desk.tell(payment_intent(checkout))
        desk.deliver(PI, ids(checkout)["payment_intent"])

    looked_at = drain.drain(desk.runtime, desk.random, threads=4)

    assert (looked_at, desk.gateway.calls, count_of(Donation)) == (12, 12, 12)


def test_payments_of_one_supporter_applied_at_once_do_not_wait_for_each_other_in_a_circle(
    desk: Desk,
) -> None:
    first = desk.checkout()
    lives = [first, *(desk.checkout_of(first.supporter_id, Frequency.ONCE) for _ in range(11))]
    for checkout in lives:
        desk.tell(payment_intent(checkout))
        desk.deliver(PI, ids(checkout)["payment_intent"])

    assert drain.drain(desk.runtime, desk.random, threads=4) == 12

    assert [ticket.problem for ticket in all_tickets()] == [None] * 12
    assert count_of(Donation) == 12
