"""What nobody told us of is found."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from donations.domain.checkouts import CheckoutStatus
from donations.gateway.kinds import ObjectKind
from donations.jobs.sweep import mark_overdue_checkouts
from donations.models import Checkout, StripeObject
from donations.models.database import writing
from tests.factories import NOON
from tests.sync.desk import Desk, count_of, only
from tests.sync.lives import session

LATE = timedelta(hours=2)


def test_a_checkout_whose_end_nobody_told_is_looked_at(desk: Desk) -> None:
    checkout = desk.checkout()
    desk.tell(session(checkout, status="expired", payment_status="unpaid", payment_intent_id=None))
    assert mark_overdue_checkouts(desk.runtime) == 0

    desk.clock.forward(LATE)
    assert mark_overdue_checkouts(desk.runtime) == 1
    desk.settle()

    assert only(Checkout).status is CheckoutStatus.EXPIRED
    assert mark_overdue_checkouts(desk.runtime) == 0


def test_a_ticket_that_is_put_off_is_not_made_due_again_each_minute(desk: Desk) -> None:
    desk.checkout()
    desk.clock.forward(LATE)
    mark_overdue_checkouts(desk.runtime)
    with writing() as opened:
        opened.execute(update(StripeObject).values(next_try_at=NOON + timedelta(days=1), tries=5))

    assert mark_overdue_checkouts(desk.runtime) == 0

    assert only(StripeObject).generation == 1


def test_one_that_stays_open_is_looked_at_hourly(desk: Desk) -> None:
    checkout = desk.checkout()
    desk.tell(session(checkout, status="open", payment_status="unpaid", payment_intent_id=None))
    desk.clock.forward(LATE)
    mark_overdue_checkouts(desk.runtime)
    desk.settle()

    assert mark_overdue_checkouts(desk.runtime) == 0
    desk.clock.forward(timedelta(minutes=61))
    assert mark_overdue_checkouts(desk.runtime) == 1


@pytest.mark.parametrize("status", [CheckoutStatus.PAID, CheckoutStatus.EXPIRED, CheckoutStatus.FAILED])
def test_what_has_ended_is_left_alone(desk: Desk, status: CheckoutStatus) -> None:
    desk.checkout(status=status, ended_at=NOON)
    desk.clock.forward(LATE)

    assert (mark_overdue_checkouts(desk.runtime), count_of(StripeObject)) == (0, 0)


def test_a_lost_event_of_a_paid_session_is_made_good(desk: Desk) -> None:
    checkout = desk.checkout()
    desk.tell(session(checkout, payment_intent_id=None))
    desk.clock.forward(LATE)

    mark_overdue_checkouts(desk.runtime)
    desk.settle()

    assert only(Checkout).status is CheckoutStatus.PAID
    assert desk.ticket(ObjectKind.CHECKOUT_SESSION, session(checkout).id).applied == 1
