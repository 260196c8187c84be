"""Several workers and many deliveries at once: one donation each, and nobody waits in a circle."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from flask import Flask

from donations.domain.gifts import Frequency
from donations.gateway.kinds import ObjectKind
from donations.models import Donation, OutboxMessage, StripeEvent, StripeObject, Subscription
from donations.models.database import reading
from tests.sync.desk import Desk, count_of, only, rows
from tests.sync.lives import given_monthly, given_once

T = TypeVar("T")
WORKERS = 4


def at_once(app: Flask, do: Callable[[int], T]) -> list[T]:
    """`do` in several threads, all let go at the same moment."""
    ready = Barrier(WORKERS)

    def run(number: int) -> T:
        with app.app_context():
            ready.wait(timeout=10)
            return do(number)

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(run, range(WORKERS)))


def test_the_same_event_delivered_at_once_is_one_event(app: Flask, desk: Desk) -> None:
    received = at_once(app, lambda _: desk.deliver(ObjectKind.INVOICE, "in_1", event_id="evt_1"))

    assert sorted(one.is_new for one in received) == [False] * (WORKERS - 1) + [True]
    assert count_of(StripeEvent) == 1
    assert only(StripeObject).generation == 1


def test_different_events_of_one_object_at_once_all_count(app: Flask, desk: Desk) -> None:
    at_once(app, lambda _: [desk.deliver(ObjectKind.INVOICE, "in_1") for _ in range(5)])

    assert only(StripeObject).generation == 5 * WORKERS


def test_workers_that_apply_relatives_at_once_agree(app: Flask, desk: Desk) -> None:
    """A session, its subscription, invoice and payment mark each other while all are being applied."""
    lives = [
        live(desk.checkout(frequency))
        for live, frequency in [(given_monthly, Frequency.MONTHLY), (given_once, Frequency.ONCE)]
        for _ in range(4)
    ]
    for life in lives:
        desk.gateway.objects.update(life.moments[-1])

    def deliver_and_drain(number: int) -> None:
        for life in lives:
            desk.hear(life.happenings[number])
            desk.drain()

    at_once(app, deliver_and_drain)
    for life in lives:
        desk.hear(life.happenings[-1])
    desk.settle()

    assert (count_of(Donation), count_of(Subscription), count_of(OutboxMessage, kind="receipt")) == (8, 4, 8)
    with reading() as session:
        tickets = rows(session, StripeObject)
    assert [ticket.problem for ticket in tickets] == [None] * len(tickets)
    assert all(ticket.applied == ticket.generation for ticket in tickets)
