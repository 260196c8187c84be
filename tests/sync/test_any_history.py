"""Any history: events lost, doubled, late and out of order, the worker now and then, comparisons between.

Whatever came of it, one comparison at the end leaves the state that a history without any trouble has.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from sqlalchemy import delete
from sqlalchemy.orm import Session

from donations.domain.gifts import Frequency
from donations.gateway.errors import StripeUnavailable
from donations.jobs import reconcile
from donations.models import Donation, ReconcileRun, StripeEvent
from donations.models.database import writing
from donations.services import inbox
from tests.sync.desk import Desk, count_of, rows
from tests.sync.lives import Life
from tests.sync.long_lives import ending_of, given_and_ended
from tests.sync.reconciling import RealTime, compare, moved, told

SEVEN = 7
NUMBERS = st.integers(0, SEVEN - 1)


class History(RuleBasedStateMachine):
    """One life, told badly."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.wanted = self._without_trouble()
        desk.gateway.objects.clear()
        desk.gateway.events.clear()
        self.life: Life = given_and_ended(desk.checkout(Frequency.MONTHLY))
        desk.gateway.balance = [moved(self.life.checkout), moved(self.life.checkout, "refund")]
        self.happened = 0

    def _without_trouble(self) -> object:
        life = given_and_ended(self.desk.checkout(Frequency.MONTHLY))
        for number in range(SEVEN):
            self._happen(life, number)
            self._hear(life, number)
            self.desk.drain()
        self.desk.settle()
        return ending_of(life.checkout)

    def _happen(self, life: Life, number: int, *, is_listed: bool = True) -> None:
        happening = life.happenings[number]
        self.desk.gateway.objects.update(life.truth_once(happening.moment))
        if is_listed:
            self.desk.gateway.events.insert(0, told(happening, f"evt_{life.checkout.id}_{number}"))

    def _hear(self, life: Life, number: int) -> None:
        self.desk.hear(life.happenings[number], f"evt_{life.checkout.id}_{number}")

    @precondition(lambda self: self.happened < SEVEN)
    @rule(is_told=st.booleans(), is_listed=st.booleans())
    def something_happens(self, is_told: bool, is_listed: bool) -> None:
        self._happen(self.life, self.happened, is_listed=is_listed)
        if is_told:
            self._hear(self.life, self.happened)
        self.happened += 1

    @rule(number=NUMBERS)
    def an_event_comes_late_or_again(self, number: int) -> None:
        if number < self.happened:
            self._hear(self.life, number)

    @rule()
    def the_worker_works(self) -> None:
        self.desk.drain()

    @rule()
    def stripe_is_away_for_a_call(self) -> None:
        self.desk.gateway.raising.append(StripeUnavailable(was_answered=False))

    @rule(minutes=st.sampled_from([1, 20, 90, 60 * 26]))
    def time_passes(self, minutes: int) -> None:
        self.desk.clock.forward(timedelta(minutes=minutes))

    @rule(pages=st.integers(1, 12))
    def what_is_due_is_compared(self, pages: int) -> None:
        reconcile.open_due(self.desk.runtime)
        reconcile.carry_on(self.desk.runtime, RealTime().pace, self.desk.random, pages)

    def teardown(self) -> None:
        self.desk.gateway.raising.clear()
        while self.happened < SEVEN:
            self._happen(self.life, self.happened, is_listed=False)
            self.happened += 1
        # Some comparisons may stand in the middle, put off; this one is whole.
        self.desk.settle(most_rounds=100)
        compare(self.desk)
        assert ending_of(self.life.checkout) == self.wanted
        with writing() as session:
            session.execute(delete(ReconcileRun))


def live_any_history(desk: Desk, examples: int) -> None:
    run_state_machine_as_test(
        lambda: History(desk),
        settings=settings(
            max_examples=examples,
            stateful_step_count=20,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.timeout(600)
def test_any_history_ends_as_one_without_trouble(desk: Desk) -> None:
    live_any_history(desk, 5)


@pytest.mark.prove
@pytest.mark.timeout(3600)
def test_any_history_ends_as_one_without_trouble_at_length(desk: Desk) -> None:
    live_any_history(desk, 300)


def select_then_insert(session: Session, model: type[StripeEvent], values: dict[str, object]) -> bool:
    """The planted mistake: another process may have inserted it between the two."""
    key = {"stripe_event_id": values["stripe_event_id"]}
    if rows(session, model, **key):
        return False
    between_the_two()
    session.add(model(**values))
    session.flush()
    return True


between_the_two: Callable[[], object] = lambda: None  # noqa: E731 - what another process does meanwhile


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_deliveries_at_once_find_the_mistake_of_selecting_before_inserting(
    app: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The insert that asks the database itself makes one event of two; with the mistake the second fails,
    and with it its webhook."""
    life = given_and_ended(desk.checkout(Frequency.MONTHLY))

    def comes_meanwhile() -> None:
        monkeypatch.undo()
        desk.hear(life.happenings[0], "evt_twice")

    monkeypatch.setattr(inbox, "insert_if_absent", select_then_insert)
    monkeypatch.setitem(globals(), "between_the_two", comes_meanwhile)

    with pytest.raises(Exception, match="duplicate key"):
        desk.hear(life.happenings[0], "evt_twice")
    assert count_of(StripeEvent) == 1


def test_the_same_payment_recorded_at_once_is_one_donation(desk: Desk) -> None:
    life = given_and_ended(desk.checkout(Frequency.MONTHLY))
    desk.gateway.objects.update(life.moments[-1])
    for number in (2, 0, 3, 2):
        desk.hear(life.happenings[number])
    desk.settle()

    with writing() as session:
        assert len(rows(session, Donation)) == 1
