"""A session that Stripe opened while we lost its answer is found by our reference."""

from __future__ import annotations

from datetime import timedelta

import pytest

from donations.domain.checkouts import CheckoutStatus
from donations.domain.gifts import Frequency, Gift
from donations.domain.money import Money
from donations.gateway.errors import StripeUnavailable
from donations.jobs.lost_answers import find_lost_answers
from donations.models import Checkout, StripeObject
from donations.models.database import writing
from donations.services.checkouts import Attempt, FormAlreadyUsed, Opening, Origin, open_checkout
from tests.factories import NOON
from tests.sync.desk import Desk, count_of, only
from tests.sync.lives import session


@pytest.fixture
def checkout(desk: Desk) -> Checkout:
    """Begun at noon; the desk's clock starts ten minutes later."""
    return desk.checkout(status=CheckoutStatus.OPENING, stripe_session_id=None, stripe_url=None)


def test_the_session_is_adopted_with_all_that_came_of_it(desk: Desk, checkout: Checkout) -> None:
    desk.tell(session(checkout, id="cs_lost", payment_intent_id=None))
    desk.clock.time = NOON + timedelta(minutes=3)

    assert find_lost_answers(desk.runtime) == 1
    desk.settle()

    assert (only(Checkout).status, only(Checkout).stripe_session_id) == (CheckoutStatus.PAID, "cs_lost")
    assert find_lost_answers(desk.runtime) == 0


def test_a_request_that_may_still_be_answered_is_not_asked_about(desk: Desk, checkout: Checkout) -> None:
    desk.clock.time = NOON + timedelta(minutes=1)

    assert (find_lost_answers(desk.runtime), desk.gateway.calls) == (0, 0)


def test_where_there_is_none_it_may_still_be_opened_until_its_time_is_over(
    desk: Desk, checkout: Checkout
) -> None:
    desk.clock.time = NOON + timedelta(minutes=3)
    assert find_lost_answers(desk.runtime) == 0
    assert only(Checkout).status is CheckoutStatus.OPENING

    desk.clock.time = NOON + timedelta(minutes=61)
    assert find_lost_answers(desk.runtime) == 1

    assert only(Checkout).status is CheckoutStatus.FAILED


def test_stripe_being_away_proves_nothing(desk: Desk, checkout: Checkout) -> None:
    desk.clock.time = NOON + timedelta(minutes=61)
    desk.gateway.raising.append(StripeUnavailable(was_answered=False))

    assert find_lost_answers(desk.runtime) == 0
    assert only(Checkout).status is CheckoutStatus.OPENING
    assert find_lost_answers(desk.runtime) == 1


def test_many_that_wait_at_once_are_all_looked_for_in_one_list(desk: Desk) -> None:
    """The last of them too: those without a session keep waiting, and must not stand in its way."""
    waiting = [
        desk.checkout(status=CheckoutStatus.OPENING, stripe_session_id=None, stripe_url=None)
        for _ in range(40)
    ]
    desk.tell(session(waiting[0], id="cs_first"), session(waiting[-1], id="cs_last"))
    desk.clock.time = NOON + timedelta(minutes=3)

    assert (find_lost_answers(desk.runtime), desk.gateway.calls) == (2, 1)

    assert count_of(StripeObject) == 2
    desk.clock.time = NOON + timedelta(minutes=61)
    find_lost_answers(desk.runtime)
    assert count_of(Checkout, status=CheckoutStatus.FAILED) == 38
    assert desk.gateway.calls == 2


@pytest.mark.parametrize("minutes", [1, 24])
def test_the_same_form_asks_with_the_same_key_and_parameters_until_25_minutes_are_over(
    desk: Desk, minutes: int
) -> None:
    """Its first try died before the call, or lost the answer: Stripe cannot tell, and opens one session."""
    first = open_by_form(desk)
    desk.clock.forward(timedelta(minutes=minutes))

    again = open_by_form(desk)

    assert again.is_ours_to_ask
    assert (again.idempotency_key, again.parameters) == (first.idempotency_key, first.parameters)
    opened = [desk.gateway.create_checkout_session(each.parameters, each.idempotency_key)
              for each in (first, again)]  # fmt: skip
    assert opened[0] == opened[1]


def test_after_25_minutes_the_same_form_asks_no_more_and_the_session_is_looked_for(desk: Desk) -> None:
    first = open_by_form(desk)
    desk.clock.forward(timedelta(minutes=25))

    with pytest.raises(FormAlreadyUsed):
        open_by_form(desk)

    made = desk.gateway.create_checkout_session(first.parameters, first.idempotency_key)
    desk.tell(made)
    desk.clock.forward(timedelta(minutes=36))
    assert find_lost_answers(desk.runtime) == 1
    desk.settle()
    assert only(Checkout).stripe_session_id == made.id


def open_by_form(desk: Desk) -> Opening:
    gift = Gift(Money(1500, "eur"), Frequency.ONCE)
    attempt = Attempt(gift, gift.money, "nina@example.com", None, False, Origin(), "form", "en")
    with writing() as rows:
        return open_checkout(
            rows, desk.runtime.vault, attempt, public_base_url="https://example.com", now=desk.clock()
        )
