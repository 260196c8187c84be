"""A change is one row and one call, answered once; what came of it only Stripe's subscription shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from donations.domain.changes import CancelReason, ChangeKind
from donations.domain.gifts import Frequency
from donations.domain.written_calls import CallStatus
from donations.gateway.kinds import ObjectKind
from donations.models import GiftChange, StripeObject, Subscription
from donations.models.database import reading, writing
from donations.runtime import current
from donations.services import gift_changes
from donations.services.gift_changes import Wish
from donations.services.written_calls import ASKING_LASTS
from tests.factories import NOON, make_subscription, make_supporter

WISH = Wish(
    kind=ChangeKind.AMOUNT,
    nonce="form-1",
    parameters={"b": 2, "a": 1},
    amount=1500,
    frequency=Frequency.ANNUAL,
    until=NOON + timedelta(days=9),
    reason=CancelReason.OTHER,
)


@pytest.fixture
def gift(app: Flask) -> Subscription:
    with writing() as session:
        return make_subscription(session, make_supporter(session, current().vault))


def begin(gift: Subscription, wish: Wish = WISH) -> tuple[GiftChange, bool]:
    with writing() as session:
        return gift_changes.begin(session, gift, wish, NOON)


def row() -> GiftChange:
    with reading() as session:
        return session.scalars(select(GiftChange)).one()


def generation() -> int | None:
    with reading() as session:
        return session.scalar(
            select(StripeObject.generation).where(StripeObject.kind == ObjectKind.SUBSCRIPTION)
        )


def test_all_of_a_wish_is_written_down_before_anybody_is_asked(gift: Subscription) -> None:
    change, is_new = begin(gift)

    assert is_new
    assert (change.subscription_id, change.kind, change.status) == (
        gift.id,
        ChangeKind.AMOUNT,
        CallStatus.ASKING,
    )
    assert (change.nonce, change.parameters) == ("form-1", '{"a": 1, "b": 2}')
    assert (change.wanted_amount, change.wanted_frequency) == (1500, Frequency.ANNUAL)
    assert (change.until, change.reason) == (NOON + timedelta(days=9), CancelReason.OTHER)
    assert (change.tries, change.created_at, change.next_try_at) == (0, NOON, NOON + ASKING_LASTS)
    assert len({change.reference, change.idempotency_key}) == 2
    assert (change.answered_at, change.generation, change.problem) == (None, None, None)


def test_one_form_makes_one_change_with_one_key(gift: Subscription) -> None:
    first, _ = begin(gift)

    again, is_new = begin(gift, replace(WISH, amount=9900))

    assert not is_new
    assert (again.id, again.idempotency_key, again.wanted_amount) == (first.id, first.idempotency_key, 1500)


def test_what_nobody_waits_for_is_due_at_once_and_written_once(gift: Subscription) -> None:
    for _ in range(2):
        with writing() as session:
            gift_changes.leave_to_the_worker(session, gift, WISH, NOON)

    assert row().next_try_at == NOON
    assert row().wanted_amount == 1500


def test_a_call_names_the_gift_or_the_invoice_that_is_to_be_paid(gift: Subscription) -> None:
    change, _ = begin(gift)
    retry, _ = begin(gift, Wish(ChangeKind.RETRY_PAYMENT, "retry", {"invoice": "in_1"}))

    call, other = (gift_changes.call_of(each, gift) for each in (change, retry))

    assert (call.target, call.kind) == (gift.stripe_subscription_id, ChangeKind.AMOUNT)
    assert (call.reference, call.idempotency_key) == (change.reference, change.idempotency_key)
    assert call.parameters == {"a": 1, "b": 2}
    assert (call.created_at, other.parameters) == (NOON, {"invoice": "in_1"})
    assert (other.target, other.kind) == ("in_1", ChangeKind.RETRY_PAYMENT)


def test_an_answer_has_the_gift_looked_at_and_the_first_one_counts(gift: Subscription) -> None:
    change, _ = begin(gift)

    with writing() as session:
        gift_changes.record_acceptance(session, change.reference, NOON + timedelta(seconds=1))
        gift_changes.record_refusal(session, change.reference, "too late", NOON + timedelta(seconds=2))
        gift_changes.record_silence(session, change.reference, "later still", NOON + timedelta(days=3))

    after = row()
    assert (after.status, after.answered_at) == (CallStatus.ACCEPTED, NOON + timedelta(seconds=1))
    assert (after.problem, after.tries) == (None, 0)
    assert after.generation == generation() == 1


def test_a_refusal_keeps_its_reason_as_far_as_there_is_room(gift: Subscription) -> None:
    change, _ = begin(gift)

    with writing() as session:
        gift_changes.record_refusal(session, change.reference, "no " * 200, NOON)

    after = row()
    assert (after.status, after.problem) == (CallStatus.REFUSED, ("no " * 200)[:255])
    assert after.generation == generation() == 1


def test_a_loss_has_the_gift_looked_at_and_says_why(gift: Subscription) -> None:
    change, _ = begin(gift)

    with writing() as session:
        gift_changes.record_loss(session, change.reference, "never answered", NOON + timedelta(seconds=5))

    after = row()
    assert (after.status, after.problem) == (CallStatus.LOST, "never answered")
    assert after.answered_at == NOON + timedelta(seconds=5)
    assert after.generation == generation() == 1


def test_an_acceptance_that_was_seen_at_stripe_says_how(gift: Subscription) -> None:
    change, _ = begin(gift)

    with writing() as session:
        gift_changes.record_acceptance(session, change.reference, NOON, how="seen at Stripe")

    assert (row().status, row().problem) == (CallStatus.ACCEPTED, "seen at Stripe")


def test_silence_leaves_the_change_to_be_asked_for_again_and_looks_at_nothing(gift: Subscription) -> None:
    change, _ = begin(gift)
    again_at = NOON + timedelta(minutes=3)

    with writing() as session:
        gift_changes.record_silence(session, change.reference, "no answer", again_at)

    after = row()
    assert (after.status, after.problem, after.tries) == (CallStatus.ASKING, "no answer", 1)
    assert (after.next_try_at, after.answered_at, generation()) == (again_at, None, None)
