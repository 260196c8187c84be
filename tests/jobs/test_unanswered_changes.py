"""A call that got no answer is made again with the same key, until Stripe would forget the key."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from donations import runtime
from donations.domain.changes import ChangeKind, ChangeStatus
from donations.domain.gifts import Frequency
from donations.gateway.errors import CardDeclined, RateLimited, StripeRefused, StripeUnavailable
from donations.gateway.kinds import ObjectKind
from donations.jobs.gift_calls import carry_out
from donations.jobs.unanswered_changes import is_any_due, repeat_unanswered
from donations.models import GiftChange, StripeObject, Subscription
from donations.models.database import writing
from donations.services import gift_changes
from donations.services.gift_changes import ASKING_LASTS, Call, Wish
from tests import factories
from tests.sync.desk import Desk, count_of, only

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
    assert change.status is ChangeStatus.ACCEPTED
    assert (ticket.kind, ticket.stripe_id, ticket.generation) == (
        ObjectKind.SUBSCRIPTION, call.target, change.generation,
    )  # fmt: skip
    assert repeat(desk) == 0


def test_silence_is_answered_by_the_same_call_with_the_same_key(desk: Desk) -> None:
    call = begin(desk)
    desk.gateway.raising = [StripeUnavailable(was_answered=False)]
    carry_out(desk.runtime, call)
    assert only(GiftChange).status is ChangeStatus.ASKING
    assert repeat(desk) == 0

    desk.clock.forward(timedelta(minutes=2))

    assert repeat(desk) == 1
    assert list(desk.gateway.acts) == [call.idempotency_key]
    assert only(GiftChange).status is ChangeStatus.ACCEPTED


def test_a_rate_limit_is_waited_out_for_as_long_as_stripe_asks(desk: Desk) -> None:
    call = begin(desk)
    desk.gateway.raising = [RateLimited(was_answered=True, retry_after=600)]
    carry_out(desk.runtime, call)

    desk.clock.forward(timedelta(minutes=9))
    assert repeat(desk) == 0
    desk.clock.forward(timedelta(minutes=2))

    assert repeat(desk) == 1


@pytest.mark.parametrize(
    "problem", [StripeRefused(code="no"), CardDeclined(), StripeUnavailable(was_answered=True, status=500)]
)
def test_an_error_that_stripe_answered_is_final_and_the_gift_is_looked_at(
    desk: Desk, problem: Exception
) -> None:
    call = begin(desk)
    desk.gateway.raising = [problem]

    carry_out(desk.runtime, call)

    change = only(GiftChange)
    assert change.status is ChangeStatus.REFUSED
    assert type(problem).__name__ in change.problem
    assert only(StripeObject).generation == change.generation
    desk.clock.forward(timedelta(days=1))
    assert repeat(desk) == 0


def test_after_a_day_of_silence_the_call_is_given_up_and_the_gift_looked_at(desk: Desk) -> None:
    call = begin(desk)
    desk.gateway.raising = [StripeUnavailable(was_answered=False) for _ in range(30)]
    carry_out(desk.runtime, call)

    for _ in range(30):
        desk.clock.forward(timedelta(hours=1))
        repeat(desk)

    change = only(GiftChange)
    assert change.status is ChangeStatus.LOST
    assert change.tries >= 6
    assert only(StripeObject).generation == change.generation
    assert change.answered_at - change.created_at <= timedelta(hours=24)


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
        assert len(gift_changes.claim_unanswered(session, 10, desk.clock())) == 1

    assert repeat(desk) == 0
    assert count_of(GiftChange, status=ChangeStatus.ASKING) == 1
