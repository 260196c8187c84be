"""A gift agreed to begin later: agreed is not paid, and one that is ended before has come to nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from donations.domain.checkouts import CheckoutStatus
from donations.domain.errors import Mismatch
from donations.domain.gifts import Frequency
from donations.gateway.errors import StripeUnavailable
from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import CheckoutSessionSnapshot
from donations.models import Checkout, Donation, Movement, Subscription
from tests.factories import NOON
from tests.sync.desk import Desk, count_of, only
from tests.sync.lives import canceled, ids, session, subscription

BEGINS_AT = NOON + timedelta(days=30)


@pytest.fixture
def checkout(desk: Desk) -> Checkout:
    return desk.checkout(Frequency.MONTHLY, first_charge_at=BEGINS_AT)


def agreed(checkout: Checkout, **changes: object) -> CheckoutSessionSnapshot:
    return session(checkout, payment_status="no_payment_required", **({"amount_total": 0} | changes))


def test_agreed_is_neither_paid_nor_counted(desk: Desk, checkout: Checkout) -> None:
    desk.tell(agreed(checkout), subscription(checkout, status="trialing", latest_invoice_id=None))
    desk.deliver(ObjectKind.CHECKOUT_SESSION, str(checkout.stripe_session_id))

    desk.settle()

    assert only(Checkout).status is CheckoutStatus.PROCESSING
    assert (count_of(Subscription), count_of(Donation), count_of(Movement)) == (1, 0, 0)


def test_a_session_that_took_money_at_once_is_not_what_was_agreed(desk: Desk, checkout: Checkout) -> None:
    with pytest.raises(Mismatch):
        desk.apply(agreed(checkout, amount_total=checkout.charge_amount))


@pytest.mark.parametrize("is_session_first", [True, False])
def test_ended_before_it_began_its_attempt_is_over(
    desk: Desk, checkout: Checkout, is_session_first: bool
) -> None:
    """In whichever order the two are looked at."""
    desk.tell(agreed(checkout), replace(canceled(checkout), latest_invoice_id=None))
    session_first = [
        (ObjectKind.CHECKOUT_SESSION, str(checkout.stripe_session_id)),
        (ObjectKind.SUBSCRIPTION, ids(checkout)["subscription"]),
    ]
    for kind, stripe_id in session_first if is_session_first else reversed(session_first):
        desk.deliver(kind, stripe_id)
        desk.drain()

    desk.settle()

    assert only(Checkout).status is CheckoutStatus.UNPAID
    assert count_of(Donation) == 0


def test_ended_and_looked_at_between_the_news_of_the_session_and_its_copy_it_is_over_too(
    desk: Desk, checkout: Checkout
) -> None:
    desk.tell(agreed(checkout), replace(canceled(checkout), latest_invoice_id=None))
    desk.gateway.raising.append(StripeUnavailable(was_answered=False))
    desk.deliver(ObjectKind.CHECKOUT_SESSION, str(checkout.stripe_session_id))
    desk.drain()
    desk.deliver(ObjectKind.SUBSCRIPTION, ids(checkout)["subscription"])

    desk.settle()

    assert only(Checkout).status is CheckoutStatus.UNPAID
