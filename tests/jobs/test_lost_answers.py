"""A session that Stripe opened while we lost its answer is found by our reference."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from donations.domain.checkouts import CheckoutStatus
from donations.gateway.errors import StripeUnavailable
from donations.gateway.snapshots import CheckoutSessionSnapshot
from donations.jobs.lost_answers import find_lost_answers
from donations.models import Checkout
from tests.factories import NOON
from tests.fakes import FakeGateway
from tests.sync.desk import Desk, only
from tests.sync.lives import session


class SearchableGateway(FakeGateway):
    """Can also be asked for a session by its reference."""

    def find_checkout_session(
        self, reference: str, created_since: datetime
    ) -> CheckoutSessionSnapshot | None:
        self._begin()
        sessions = [known for known in self.objects.values() if isinstance(known, CheckoutSessionSnapshot)]
        return next((known for known in sessions if known.reference == reference), None)


@pytest.fixture
def checkout(desk: Desk) -> Checkout:
    """Begun at noon; the desk's clock starts ten minutes later."""
    desk.gateway = SearchableGateway()
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
