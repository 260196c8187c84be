"""A call that got no answer is made again with the same key, until Stripe would forget the key."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask

from donations import runtime
from donations.domain.changes import ChangeKind
from donations.domain.gifts import Frequency, Gift
from donations.domain.money import Money
from donations.domain.written_calls import CallStatus
from donations.gateway.change_parameters import (
    end_with_period,
    go_on,
    new_amount,
    pause_until,
    use_payment_method,
)
from donations.gateway.errors import CardDeclined, RateLimited, StripeRefused, StripeUnavailable
from donations.gateway.kinds import ObjectKind
from donations.jobs.gift_calls import carry_out
from donations.jobs.unanswered_changes import is_any_due, repeat_unanswered
from donations.models import GiftChange, StripeObject, Subscription
from donations.models.database import writing
from donations.services import gift_changes, written_calls
from donations.services.gift_calls import is_in_place
from donations.services.gift_changes import Call, Wish
from donations.services.written_calls import ASKING_LASTS, KEY_LASTS
from tests import factories
from tests.factories import NOON
from tests.sync.desk import Desk, count_of, only
from tests.sync.lives import subscription

PAUSE = {"pause_collection": ""}


@pytest.fixture
def desk(app: Flask) -> Desk:
    return Desk()


def begin(desk: Desk, kind: ChangeKind = ChangeKind.RESUME, **parameters: object) -> Call:
    """A change that was written down, and whose call was not made yet."""
    with writing() as session:
        supporter = factories.make_supporter(session, runtime.current().vault)
        gift = factories.make_subscription(session, supporter, frequency=Frequency.MONTHLY)
        wish = Wish(kind, f"nonce {gift.id}", parameters or PAUSE)
        row, _is_new = gift_changes.begin(session, gift, wish, desk.clock())
        return gift_changes.call_of(row, session.get_one(Subscription, gift.id))


def repeat(desk: Desk) -> int:
    return repeat_unanswered(desk.runtime, desk.random)


def test_a_change_whose_caller_died_is_made_by_the_worker(desk: Desk) -> None:
    call = begin(desk)
    assert repeat(desk) == 0

    desk.clock.forward(ASKING_LASTS)

    assert is_any_due(desk.runtime)
    assert repeat(desk) == 1
    assert desk.gateway.acts == {call.idempotency_key: (f"change {call.target}", PAUSE)}
    change, ticket = only(GiftChange), only(StripeObject)
    assert change.status is CallStatus.ACCEPTED
    assert (ticket.kind, ticket.stripe_id, ticket.generation) == (
        ObjectKind.SUBSCRIPTION, call.target, change.generation,
    )  # fmt: skip
    assert repeat(desk) == 0


def test_silence_is_answered_by_the_same_call_with_the_same_key(desk: Desk) -> None:
    call = begin(desk)
    desk.gateway.raising = [StripeUnavailable(was_answered=False)]
    carry_out(desk.runtime, call)
    assert only(GiftChange).status is CallStatus.ASKING
    assert repeat(desk) == 0

    desk.clock.forward(timedelta(minutes=2))

    assert repeat(desk) == 1
    assert list(desk.gateway.acts) == [call.idempotency_key]
    assert only(GiftChange).status is CallStatus.ACCEPTED


def test_a_rate_limit_is_waited_out_for_as_long_as_stripe_asks(desk: Desk) -> None:
    call = begin(desk)
    desk.gateway.raising = [RateLimited(was_answered=True, retry_after=600)]
    carry_out(desk.runtime, call)

    desk.clock.forward(timedelta(minutes=9))
    assert repeat(desk) == 0
    desk.clock.forward(timedelta(minutes=2))

    assert repeat(desk) == 1


@pytest.mark.parametrize("problem", [StripeRefused(code="no"), CardDeclined()])
def test_a_refusal_is_final_and_the_gift_is_looked_at(desk: Desk, problem: Exception) -> None:
    call = begin(desk)
    desk.gateway.raising = [problem]

    carry_out(desk.runtime, call)

    change = only(GiftChange)
    assert change.status is CallStatus.REFUSED
    assert type(problem).__name__ in change.problem
    assert only(StripeObject).generation == change.generation
    desk.clock.forward(timedelta(days=1))
    assert repeat(desk) == 0


@pytest.mark.parametrize(
    ("is_paused", "status"), [(False, CallStatus.ACCEPTED), (True, CallStatus.REFUSED)], ids=["done", "not"]
)
def test_where_stripe_repeats_an_error_the_gift_says_whether_it_was_done(
    desk: Desk, is_paused: bool, status: CallStatus
) -> None:
    call = begin(desk)
    tell(desk, call, is_collection_paused=is_paused)
    desk.gateway.raising = [StripeUnavailable(was_answered=True, status=500)]

    carry_out(desk.runtime, call)

    change = only(GiftChange)
    assert (change.status, only(StripeObject).generation) == (status, change.generation)
    assert desk.gateway.acts == {}


def test_a_call_that_came_while_the_same_one_was_made_is_made_again(desk: Desk) -> None:
    call = begin(desk)
    desk.gateway.raising = [StripeUnavailable(was_answered=True, status=409)]
    carry_out(desk.runtime, call)
    assert only(GiftChange).status is CallStatus.ASKING

    desk.clock.forward(timedelta(minutes=2))

    assert repeat(desk) == 1
    assert list(desk.gateway.acts) == [call.idempotency_key]


@pytest.mark.parametrize(
    ("is_paused", "status", "known"),
    [(False, CallStatus.ACCEPTED, "it is as wanted"), (True, CallStatus.LOST, "it is not as wanted")],
    ids=["done", "not"],
)
def test_once_stripe_may_have_forgotten_the_key_the_gift_is_compared_and_the_call_not_made_again(
    desk: Desk, is_paused: bool, status: CallStatus, known: str
) -> None:
    call = begin(desk)
    tell(desk, call, is_collection_paused=is_paused)
    desk.clock.forward(KEY_LASTS + timedelta(seconds=1))

    assert repeat(desk) == 1

    change = only(GiftChange)
    assert change.status is status
    assert known in change.problem
    assert only(StripeObject).generation == change.generation
    assert desk.gateway.acts == {}


def test_a_day_of_silence_leaves_the_change_open_until_the_gift_could_be_looked_at(desk: Desk) -> None:
    call = begin(desk)
    tell(desk, call, is_collection_paused=False)
    desk.gateway.raising = [StripeUnavailable(was_answered=False) for _ in range(100)]
    carry_out(desk.runtime, call)

    for _ in range(60):
        desk.clock.forward(timedelta(hours=1))
        repeat(desk)
    assert only(GiftChange).status is CallStatus.ASKING
    desk.gateway.raising = []
    desk.clock.forward(timedelta(hours=2))
    repeat(desk)

    assert only(GiftChange).status is CallStatus.ACCEPTED
    assert desk.gateway.acts == {}


def test_what_is_wanted_is_known_again_in_stripes_copy(desk: Desk) -> None:
    until = NOON + timedelta(days=40)
    price = new_amount("si_1", "prod_1", Gift(Money(1500, "eur"), Frequency.MONTHLY))
    for kind, parameters, so, not_so in (
        (ChangeKind.AMOUNT, price, {"unit_amount": 1500}, {"unit_amount": 1000}),
        (ChangeKind.AMOUNT, price, {"unit_amount": 1500}, {"unit_amount": 1500, "interval": "year"}),
        (ChangeKind.PAUSE, pause_until(until), _paused(until), _paused(until + timedelta(days=1))),
        (ChangeKind.CANCEL, end_with_period(), {"cancels_at_period_end": True}, {}),
        (ChangeKind.CANCEL, end_with_period(), {"cancel_at": until}, {}),
        (ChangeKind.CANCEL, end_with_period(), {"ended_at": NOON}, {}),
        (ChangeKind.CANCEL, {}, {"ended_at": NOON}, {"cancel_at": until}),
        (ChangeKind.UNDO_CANCEL, go_on(was_at_period_end=True), {}, {"cancels_at_period_end": True}),
        (ChangeKind.UNDO_CANCEL, go_on(was_at_period_end=False), {}, {"cancel_at": until}),
        (ChangeKind.UNDO_CANCEL, go_on(was_at_period_end=True), {}, {"ended_at": NOON}),
        (ChangeKind.USE_CARD, use_payment_method("pm_2"), {"payment_method_id": "pm_2"}, {}),
    ):
        call = Call("ref", kind, "sub_1", parameters, "key", NOON)
        for changes, is_so in ((so, True), (not_so, False)):
            tell(desk, call, **changes)
            assert is_in_place(desk.gateway, call) is is_so, (kind, changes)


def _paused(until: datetime) -> dict[str, object]:
    return {"is_collection_paused": True, "resumes_at": until}


def tell(desk: Desk, call: Call, **changes: object) -> None:
    """Stripe says this of the gift, and that nothing else of it was changed."""
    gift = subscription(desk.checkout(Frequency.MONTHLY))
    desk.tell(replace(gift, id=call.target, **changes))  # pyright: ignore[reportArgumentType]


def test_an_end_at_once_and_a_payment_asked_for_again_are_calls_of_their_own(desk: Desk) -> None:
    end = begin(desk, ChangeKind.CANCEL)
    pay = begin(desk, ChangeKind.RETRY_PAYMENT, invoice="in_9")

    carry_out(desk.runtime, replace(end, parameters={}))
    carry_out(desk.runtime, pay)

    assert [act for act, _parameters in desk.gateway.acts.values()] == [f"end {end.target}", "pay in_9"]


def test_two_workers_make_one_call(desk: Desk) -> None:
    begin(desk)
    desk.clock.forward(ASKING_LASTS)
    with writing() as session:
        assert len(written_calls.claim(session, GiftChange, 10, desk.clock())) == 1

    assert repeat(desk) == 0
    assert count_of(GiftChange, status=CallStatus.ASKING) == 1
