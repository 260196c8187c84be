"""Runs come due by their rows, are made once, keep the rate, and go on where they stood."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest
from flask import Flask

from donations.domain.checkouts import CheckoutStatus
from donations.domain.gifts import Frequency
from donations.domain.reconciling import CALLS_PER_SECOND, RunKind, Step
from donations.gateway.errors import NotFoundAtStripe, RateLimited, StripeRefused, StripeUnavailable
from donations.gateway.kinds import ObjectKind
from donations.gateway.listed import Listed, Page
from donations.jobs import reconcile
from donations.models import Donation, StripeEvent, StripeObject
from donations.models.database import reading, writing
from donations.services import inbox, reconcile_runs, tickets
from donations.services.reconcile_runs import LEASE, MOST_TRIES
from tests.factories import NOON
from tests.fakes import FakeGateway
from tests.sync.desk import Desk, count_of, only, rows
from tests.sync.lives import given_once, ids, invoice, payment_intent, refund, session, subscription
from tests.sync.reconciling import RealTime, compare, moved, run_of, runs, told

AWAY = StripeUnavailable(was_answered=False)


def carry_on(desk: Desk, real: RealTime | None = None, most: int = 1000) -> int:
    return reconcile.carry_on(desk.runtime, (real or RealTime()).pace, desk.random, most)


def finish(desk: Desk) -> None:
    while carry_on(desk):
        desk.settle()


def test_each_kind_is_opened_once_a_beat(desk: Desk) -> None:
    assert reconcile.open_due(desk.runtime) == 3
    finish(desk)
    assert reconcile.open_due(desk.runtime) == 0

    desk.clock.forward(timedelta(minutes=15))
    assert reconcile.open_due(desk.runtime) == 1
    finish(desk)
    desk.clock.forward(timedelta(hours=1))
    assert reconcile.open_due(desk.runtime) == 2
    finish(desk)
    desk.clock.forward(timedelta(days=1))
    assert reconcile.open_due(desk.runtime) == 3
    assert [run.kind for run in runs()].count(RunKind.NIGHTLY) == 2


def test_a_run_that_is_under_way_keeps_the_next_of_its_kind_waiting(desk: Desk) -> None:
    reconcile.open_due(desk.runtime)
    desk.clock.forward(timedelta(days=2))

    assert reconcile.open_due(desk.runtime) == 0


def test_two_workers_that_find_a_run_due_open_one(desk: Desk) -> None:
    now = desk.clock()

    with writing() as database:
        opened = [
            reconcile_runs.open_due(database, RunKind.EVENTS, NOON, NOON, now),
            reconcile_runs.open_due(database, RunKind.EVENTS, NOON, NOON, now),
        ]
    finish(desk)
    with writing() as database:
        opened.append(reconcile_runs.open_due(database, RunKind.EVENTS, NOON, NOON, now))

    assert opened == [True, False, False]


def test_windows_of_events_overlap_and_begin_where_the_last_whole_one_began(desk: Desk) -> None:
    reconcile.open_due(desk.runtime)
    finish(desk)
    first = next(run for run in runs() if run.kind is RunKind.EVENTS)
    desk.clock.forward(timedelta(days=2))
    reconcile.open_due(desk.runtime)

    second = [run for run in runs() if run.kind is RunKind.EVENTS][-1]
    assert first.started_at - first.since == timedelta(days=3)
    assert second.since == first.started_at - timedelta(minutes=30)


def test_open_checkouts_are_compared_from_the_oldest_on(desk: Desk) -> None:
    desk.checkout(status=CheckoutStatus.PAID, created_at=NOON - timedelta(hours=5))
    desk.checkout(created_at=NOON - timedelta(hours=2))
    desk.checkout(created_at=NOON - timedelta(hours=1))

    reconcile.open_due(desk.runtime)

    run = next(run for run in runs() if run.kind is RunKind.CHECKOUTS)
    assert run.since == NOON - timedelta(hours=2, minutes=5)


def test_a_lost_event_is_kept_as_a_received_one_and_counts_once(desk: Desk) -> None:
    life = given_once(desk.checkout())
    desk.gateway.objects.update(life.moments[-1])
    desk.gateway.events = [told(each, f"evt_{n}") for n, each in enumerate(life.happenings)][::-1]
    desk.gateway.balance = [moved(life.checkout, "refund"), moved(life.checkout)]
    desk.hear(life.happenings[0], event_id="evt_0")

    run, again = compare(desk), compare(desk)

    assert count_of(StripeEvent) == len(life.happenings)
    # What the events had marked and was applied is no difference any more.
    assert (run.differing, run.marked) == (4, 4)
    assert (again.differing, again.marked) == (0, 0)
    assert only(Donation).refunded_amount == 1000


def test_an_event_about_nothing_that_we_follow_is_left_alone(desk: Desk) -> None:
    happening = given_once(desk.checkout()).happenings[0]
    stranger = told(happening, "evt_1")
    object.__setattr__(stranger, "kind", None)
    desk.gateway.events = [stranger]

    compare(desk)

    assert count_of(StripeEvent) == 0


def test_what_agrees_costs_no_fetch(desk: Desk) -> None:
    """A night over many donations must not be as many fetches."""
    for _ in range(3):
        life = given_once(desk.checkout())
        desk.gateway.objects.update(life.moments[-1])
        desk.gateway.balance += [moved(life.checkout, "refund"), moved(life.checkout)]
        for happening in life.happenings:
            desk.hear(happening)
    desk.settle()
    before = desk.gateway.calls

    run = compare(desk)

    assert (run.differing, run.marked) == (0, 0)
    # One call a list: events, sessions, payments, invoices, subscriptions, refunds, disputes, balance.
    assert desk.gateway.calls - before == 8
    assert run.listed == 15


def test_what_waits_or_was_set_aside_is_not_marked_again(desk: Desk) -> None:
    waiting, wrong = desk.checkout(), desk.checkout()
    desk.tell(payment_intent(waiting), payment_intent(wrong, amount_received=1))
    desk.deliver(ObjectKind.PAYMENT_INTENT, ids(wrong)["payment_intent"])
    desk.drain()
    desk.deliver(ObjectKind.PAYMENT_INTENT, ids(waiting)["payment_intent"])

    number = reconcile.ask(desk.runtime, NOON - timedelta(days=1))
    while reconcile.make_page(desk.runtime, RealTime().pace, desk.random, number):
        pass

    run = run_of(number)
    assert (run.differing, run.marked) == (2, 0)
    assert desk.ticket(ObjectKind.PAYMENT_INTENT, ids(wrong)["payment_intent"]).quarantined_at is not None


def test_what_was_given_up_because_stripe_was_away_is_tried_again(desk: Desk) -> None:
    checkout = desk.checkout()
    desk.tell(payment_intent(checkout))
    desk.deliver(ObjectKind.PAYMENT_INTENT, ids(checkout)["payment_intent"])
    desk.gateway.raising.extend([AWAY] * tickets.MOST_TRIES)
    desk.settle(most_rounds=tickets.MOST_TRIES + 1)
    assert count_of(Donation) == 0

    compare(desk)

    assert count_of(Donation) == 1


def test_what_is_nobodys_of_ours_is_looked_at_in_its_first_day_and_then_no_more(desk: Desk) -> None:
    stranger = desk.checkout(Frequency.MONTHLY)
    desk.tell(payment_intent(stranger, invoice=None))

    first = compare(desk)
    desk.clock.forward(timedelta(days=2))
    second = compare(desk)

    assert (first.marked, second.marked, second.differing) == (1, 0, 0)
    assert only(StripeObject).problem.startswith("not ours")


def test_one_object_of_a_strange_shape_is_looked_at_by_itself(desk: Desk) -> None:
    class Strange(FakeGateway):
        def list_objects(self, kind: ObjectKind, since: object, after: str | None) -> Page[Listed]:
            page = super().list_objects(kind, NOON, after)
            return Page(tuple(Listed(each.kind, each.id, None) for each in page.items), page.cursor)

    desk.gateway = Strange()
    desk.tell(payment_intent(desk.checkout()))

    compare(desk)

    assert count_of(Donation) == 1


def test_at_most_five_calls_a_second_are_made_by_all_processes_together(desk: Desk) -> None:
    """Counted by a clock of the test's: each call takes no time, so all the time is waited."""
    called_at: list[float] = []
    real = RealTime()

    class Timed(FakeGateway):
        def _begin(self) -> None:
            super()._begin()
            called_at.append((real.instant - NOON).total_seconds())

    desk.gateway = Timed(page_size=1)
    for _ in range(6):
        life = given_once(desk.checkout())
        desk.gateway.objects.update(life.moments[-1])
    number = reconcile.ask(desk.runtime, NOON - timedelta(days=1))
    other = RealTime()
    other.instant = real.instant

    while reconcile.make_page(desk.runtime, real.pace, desk.random, number):
        # Another process takes every other moment.
        reconcile.Pace(clock=real, sleep=lambda _: None).wait()

    assert len(called_at) > 20
    seconds = called_at[-1] - called_at[0]
    assert 2 * (len(called_at) - 1) / seconds <= CALLS_PER_SECOND + 1e-9
    assert all(later - earlier >= 0.4 - 1e-6 for earlier, later in pairwise(called_at))


class Killed(BaseException):
    """The process is gone: nothing of ours may catch it."""


class Dying(FakeGateway):
    """The process dies while the answer to one of its calls is on the way."""

    dies_at = 0

    def _begin(self) -> None:
        super()._begin()
        if self.calls == self.dies_at:
            raise Killed


@pytest.mark.parametrize("dies_at", range(1, 12))
def test_a_run_goes_on_where_it_stood_when_its_process_died(desk: Desk, dies_at: int) -> None:
    desk.gateway = gateway = Dying(page_size=2)
    gateway.dies_at = dies_at
    for _ in range(3):
        gateway.objects.update(given_once(desk.checkout()).moments[-1])
    number = reconcile.ask(desk.runtime, NOON - timedelta(days=1))

    with pytest.raises(Killed):
        make_all(desk, number)
    stood = run_of(number)
    assert (stood.pages, make_all(desk, number)) == (dies_at - 1, 0)
    desk.clock.forward(LEASE)
    made = make_all(desk, number)
    desk.settle()

    run = run_of(number)
    assert (run.finished_at is not None, run.pages, stood.pages + made) == (True, 15, 15)
    assert (run.listed, run.marked) == (9, 9)
    with reading() as database:
        assert [row.refunded_amount for row in rows(database, Donation)] == [1000] * 3


def make_all(desk: Desk, number: int) -> int:
    """All pages that can be made now, none of them worked through."""
    made, pace = 0, RealTime().pace
    while reconcile.make_page(desk.runtime, pace, desk.random, number):
        made += 1
    return made


def test_a_process_that_died_between_an_event_and_its_page_has_it_counted_once(desk: Desk) -> None:
    life = given_once(desk.checkout())
    desk.gateway.objects.update(life.moments[-1])
    desk.gateway.events = [told(life.happenings[1], "evt_1")]
    with writing() as database:
        inbox.receive(database, desk.gateway.events[0], desk.clock(), expects_live=False)

    compare(desk)

    assert (count_of(StripeEvent), count_of(Donation)) == (1, 1)
    # Marked by the event alone: when its page was made again it was known.
    assert desk.ticket(ObjectKind.PAYMENT_INTENT, ids(life.checkout)["payment_intent"]).generation == 1


def test_a_page_that_another_process_made_meanwhile_is_not_kept(desk: Desk) -> None:
    """The lease ran out while the answer was on its way; both made the same page."""

    class Slow(FakeGateway):
        is_first = True

        def list_objects(self, kind: ObjectKind, since: object, after: str | None) -> Page[Listed]:
            page = super().list_objects(kind, NOON, after)
            if self.is_first and kind is ObjectKind.PAYMENT_INTENT:
                self.is_first = False
                desk.clock.forward(LEASE)
                assert reconcile.make_page(desk.runtime, RealTime().pace, desk.random, number)
            return page

    desk.gateway = Slow()
    checkout = desk.checkout()
    desk.tell(payment_intent(checkout))
    number = reconcile.ask(desk.runtime, NOON - timedelta(days=1))

    make_all(desk, number)

    run = run_of(number)
    assert (run.listed, run.marked) == (1, 1)
    assert desk.ticket(ObjectKind.PAYMENT_INTENT, ids(checkout)["payment_intent"]).generation == 1


def test_many_workers_make_each_page_once(app: Flask, desk: Desk) -> None:
    desk.gateway.page_size = 1
    for _ in range(8):
        desk.gateway.objects.update(given_once(desk.checkout()).moments[-1])
    number = reconcile.ask(desk.runtime, NOON - timedelta(days=1))

    def work(seed: int) -> None:
        with app.app_context():
            for _ in range(400):
                reconcile.make_page(desk.runtime, RealTime().pace, Random(seed), number)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(4)))

    run = run_of(number)
    assert run.finished_at is not None
    assert (run.listed, run.marked) == (24, 24)
    with reading() as database:
        assert {row.generation for row in rows(database, StripeObject)} == {1}


def test_a_run_waits_while_a_ticket_is_due(desk: Desk) -> None:
    for _ in range(3):
        desk.gateway.objects.update(given_once(desk.checkout()).moments[-1])
    reconcile.ask(desk.runtime, NOON - timedelta(days=1))
    desk.deliver(ObjectKind.REFUND, "re_none")

    assert carry_on(desk) == 1
    desk.drain()
    # The sessions are marked, and are looked at before the payments are listed.
    assert carry_on(desk) == 1


@pytest.mark.parametrize(
    "error", [AWAY, StripeRefused(status=403), ZeroDivisionError()], ids=["away", "403", "fault"]
)
def test_a_page_that_fails_is_tried_again_later(desk: Desk, error: Exception) -> None:
    desk.tell(payment_intent(desk.checkout()))
    number = reconcile.ask(desk.runtime, NOON - timedelta(days=1))
    desk.gateway.raising.append(error)

    assert make_all(desk, number) == 1
    assert (run_of(number).tries, run_of(number).pages) == (1, 0)
    desk.clock.forward(timedelta(seconds=10))
    make_all(desk, number)

    assert (run_of(number).marked, run_of(number).finished_at is not None) == (1, True)


def test_a_rate_limit_is_waited_out_as_long_as_stripe_asks(desk: Desk) -> None:
    number = reconcile.ask(desk.runtime, NOON - timedelta(days=1))
    desk.gateway.raising.append(RateLimited(was_answered=True, retry_after=300))

    make_all(desk, number)

    assert run_of(number).leased_until - desk.clock.time > timedelta(seconds=290)


def test_a_list_that_is_refused_for_good_is_left_out_and_said_so(desk: Desk) -> None:
    class Forbidding(FakeGateway):
        def list_objects(self, kind: ObjectKind, since: object, after: str | None) -> Page[Listed]:
            if kind is ObjectKind.DISPUTE:
                raise StripeRefused(status=403)
            return super().list_objects(kind, NOON, after)

    desk.gateway = Forbidding()
    number = reconcile.ask(desk.runtime, NOON - timedelta(days=1))
    for _ in range(MOST_TRIES):
        make_all(desk, number)
        desk.clock.forward(timedelta(hours=1))

    run = run_of(number)
    assert (run.finished_at is not None, run.problem) == (True, "disputes left out: StripeRefused status=403")


def test_where_the_object_of_a_cursor_is_gone_its_list_begins_again(desk: Desk) -> None:
    """A draft of an invoice may be deleted between two pages."""
    desk.gateway.page_size = 1
    for number in range(2):
        checkout = desk.checkout(Frequency.MONTHLY)
        desk.tell(subscription(checkout), invoice(checkout, id=f"in_{number}"))
    run_id = reconcile.ask(desk.runtime, NOON - timedelta(days=1))
    while run_of(run_id).step is not Step.INVOICES or run_of(run_id).cursor is None:
        reconcile.make_page(desk.runtime, RealTime().pace, desk.random, run_id)
    desk.gateway.raising.append(NotFoundAtStripe(status=400))
    reconcile.make_page(desk.runtime, RealTime().pace, desk.random, run_id)
    assert (run_of(run_id).step, run_of(run_id).cursor) == (Step.INVOICES, None)

    make_all(desk, run_id)

    assert run_of(run_id).finished_at is not None


def test_old_runs_are_forgotten_but_for_the_newest_of_each_kind(desk: Desk) -> None:
    reconcile.open_due(desk.runtime)
    finish(desk)
    desk.clock.forward(timedelta(minutes=15))
    reconcile.open_due(desk.runtime)
    finish(desk)
    desk.clock.forward(timedelta(days=40))

    with writing() as database:
        reconcile_runs.purge(database, desk.clock())

    assert sorted(run.kind for run in runs()) == ["checkouts", "events", "nightly"]


def test_a_session_whose_answer_was_lost_is_found_by_its_list(desk: Desk) -> None:
    checkout = desk.checkout(stripe_session_id=None, status=CheckoutStatus.OPENING)
    desk.tell(
        session(checkout, id="cs_found", status="open", payment_status="unpaid", payment_intent_id=None)
    )
    reconcile.open_due(desk.runtime)

    finish(desk)

    assert only(reconcile.Checkout).stripe_session_id == "cs_found"


def test_a_refund_that_was_never_told_is_found(desk: Desk) -> None:
    checkout = desk.checkout()
    desk.tell(payment_intent(checkout, is_settled=True))
    desk.deliver(ObjectKind.PAYMENT_INTENT, ids(checkout)["payment_intent"])
    desk.settle()
    desk.tell(refund(checkout, amount=700))

    compare(desk)

    assert only(Donation).refunded_amount == 700
