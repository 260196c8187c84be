"""A subscription's standing is Stripe's, but one that has ended stays ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from donations.domain.errors import Mismatch
from donations.domain.gifts import Frequency
from donations.domain.standing import Standing
from donations.gateway.kinds import ObjectKind
from donations.models import Donation, StripeCustomer, StripeObject, Subscription
from donations.models.database import writing
from tests import factories
from tests.factories import NOON
from tests.sync.desk import Desk, count_of, only
from tests.sync.lives import canceled, ids, invoice, invoice_payment, payment_intent, session, subscription


def test_a_new_subscription_is_a_row_with_its_customer(desk: Desk) -> None:
    checkout = desk.checkout(Frequency.MONTHLY)

    desk.apply(subscription(checkout, unit_amount=1000, quantity=3))

    row = only(Subscription)
    assert (row.standing, row.amount, row.frequency) == (Standing.ACTIVE, 3000, Frequency.MONTHLY)
    assert (row.supporter_id, row.first_paid_at) == (checkout.supporter_id, None)
    assert only(StripeCustomer).supporter_id == checkout.supporter_id


def test_a_cancelled_subscription_never_revives(desk: Desk) -> None:
    checkout = desk.checkout(Frequency.MONTHLY)
    desk.apply(subscription(checkout))
    desk.apply(canceled(checkout))

    applied = desk.apply(subscription(checkout, status="active"))

    row = only(Subscription)
    assert (row.standing, row.ended_at) == (Standing.CANCELED, NOON + timedelta(days=3))
    assert row.end_reason == "cancellation_requested"
    assert applied.note == "stays canceled, though Stripe says active"


def test_the_database_itself_refuses_to_revive_one(desk: Desk) -> None:
    desk.apply(canceled(desk.checkout(Frequency.MONTHLY)))
    revived = update(Subscription).values(standing=Standing.ACTIVE, ended_at=None)

    with pytest.raises(DBAPIError, match="never revives"), writing() as session:
        session.execute(revived)


@pytest.mark.parametrize(
    ("changes", "cancels_at"),
    [
        ({}, None),
        ({"cancel_at": NOON + timedelta(days=9)}, NOON + timedelta(days=9)),
        ({"cancels_at_period_end": True}, NOON + timedelta(days=30)),
        (
            {"cancel_at": NOON + timedelta(days=9), "cancels_at_period_end": True},
            NOON + timedelta(days=9),
        ),
    ],
    ids=["goes on", "as the portal says it", "as we say it", "both"],
)
def test_either_of_stripes_two_ways_to_say_that_it_ends_is_heard(
    desk: Desk, changes: dict[str, object], cancels_at: object
) -> None:
    desk.apply(subscription(desk.checkout(Frequency.MONTHLY), **changes))

    assert only(Subscription).cancels_at == cancels_at


def test_a_withdrawn_cancellation_is_forgotten(desk: Desk) -> None:
    checkout = desk.checkout(Frequency.MONTHLY)
    desk.apply(subscription(checkout, cancels_at_period_end=True))

    desk.apply(subscription(checkout))

    assert only(Subscription).cancels_at is None


def test_a_pause_of_collection_leaves_it_active(desk: Desk) -> None:
    resumes_at = NOON + timedelta(days=60)

    desk.apply(
        subscription(desk.checkout(Frequency.ANNUAL), is_collection_paused=True, resumes_at=resumes_at)
    )

    row = only(Subscription)
    assert (row.standing, row.is_collection_paused, row.resumes_at) == (Standing.ACTIVE, True, resumes_at)


@pytest.mark.parametrize(
    "changes",
    [
        {"currency": "usd"},
        {"interval": "week"},
        {"interval_count": 3},
        {"status": "asleep"},
        {"is_livemode": True},
        {"id": "sub_other"},
    ],
    ids=["currency", "weekly", "quarterly", "status", "live", "another subscription"],
)
def test_a_subscription_that_we_did_not_offer_is_refused(desk: Desk, changes: dict[str, object]) -> None:
    checkout = desk.checkout(Frequency.MONTHLY, stripe_subscription_id="sub_ours")

    with pytest.raises(Mismatch):
        desk.apply(subscription(checkout, **({"id": "sub_ours"} | changes)))

    assert count_of(Subscription) == 0


def test_a_subscription_cannot_claim_a_gift_given_once(desk: Desk) -> None:
    with pytest.raises(Mismatch):
        desk.apply(subscription(desk.checkout(Frequency.ONCE)))


def test_a_customer_of_another_supporter_is_refused(desk: Desk) -> None:
    checkout = desk.checkout(Frequency.MONTHLY)
    with writing() as opened:
        other = factories.make_supporter(opened, desk.runtime.vault)
        customer_id = ids(checkout)["customer"]
        opened.add(StripeCustomer(stripe_customer_id=customer_id, supporter_id=other.id, created_at=NOON))

    with pytest.raises(Mismatch):
        desk.apply(subscription(checkout))


def test_a_subscription_of_someone_else_is_set_aside(desk: Desk) -> None:
    applied = desk.apply(subscription(desk.checkout(Frequency.MONTHLY), reference=None))

    assert applied.note == "not ours: the subscription carries no reference"


@pytest.mark.parametrize("kind", [ObjectKind.SUBSCRIPTION, ObjectKind.INVOICE, ObjectKind.PAYMENT_INTENT])
def test_any_one_event_of_a_recurring_payment_leads_to_all_of_it(desk: Desk, kind: ObjectKind) -> None:
    checkout = desk.checkout(Frequency.MONTHLY)
    told = (subscription(checkout), invoice(checkout), payment_intent(checkout), session(checkout))
    desk.tell(*told)
    name = {"invoice": "invoice", "payment_intent": "payment_intent", "subscription": "subscription"}[kind]
    desk.deliver(kind, ids(checkout)[name])

    desk.settle()

    assert only(Donation).subscription_id == only(Subscription).id


def test_an_invoice_payment_alone_leads_to_all_of_it(desk: Desk) -> None:
    checkout = desk.checkout(Frequency.MONTHLY)
    desk.tell(subscription(checkout), invoice(checkout), payment_intent(checkout), invoice_payment(checkout))
    desk.deliver(ObjectKind.INVOICE_PAYMENT, ids(checkout)["invoice_payment"])

    desk.settle()

    assert only(Donation).subscription_id == only(Subscription).id


def test_relatives_that_name_each_other_are_each_looked_at_once_for_one_event(desk: Desk) -> None:
    """An unpaid invoice and its subscription name each other, and nothing is recorded to stop at."""
    checkout = desk.checkout(Frequency.MONTHLY)
    desk.tell(
        subscription(checkout, status="past_due"),
        invoice(checkout, status="open"),
        payment_intent(checkout, status="requires_payment_method", amount_received=0),
    )
    desk.deliver(ObjectKind.INVOICE, ids(checkout)["invoice"])

    desk.settle()

    assert desk.gateway.calls <= 6
    calls = desk.gateway.calls
    desk.settle()
    assert desk.gateway.calls == calls
    assert count_of(StripeObject) == 3


def test_an_invoice_of_no_subscription_is_set_aside(desk: Desk) -> None:
    applied = desk.apply(invoice(desk.checkout(Frequency.MONTHLY), subscription_id=None))

    assert applied.note == "not ours: the invoice belongs to no subscription"
