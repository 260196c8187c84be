"""A subscription's standing is Stripe's, but one that has ended stays ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from donations.domain.checkouts import CheckoutStatus
from donations.domain.gifts import Frequency
from donations.domain.standing import Standing
from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import InvoiceSnapshot
from donations.models import (
    Checkout,
    Donation,
    GiftChange,
    Origin,
    PaymentFailure,
    StripeCustomer,
    StripeObject,
    Subscription,
)
from donations.models.database import reading, writing
from donations.sync import subscription as subscriptions
from donations.sync.invoice import relatives
from donations.sync.outcome import Relative
from tests import factories
from tests.factories import NOON
from tests.sync.desk import Desk, count_of, only, refused
from tests.sync.lives import (
    canceled,
    charge,
    ids,
    invoice,
    invoice_payment,
    payment_intent,
    session,
    subscription,
)


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
    ("changes", "reason"),
    [
        ({"currency": "usd"}, "the subscription has another currency than its checkout"),
        ({"interval": "week"}, "a charge every 1 week is not offered"),
        ({"interval_count": 3}, "a charge every 3 month is not offered"),
        ({"status": "asleep"}, "a subscription that is asleep is not known"),
        ({"is_livemode": True}, "a live object in the other mode"),
        ({"id": "sub_other"}, "the checkout has another subscription"),
    ],
    ids=["currency", "weekly", "quarterly", "status", "live", "another subscription"],
)
def test_a_subscription_that_we_did_not_offer_is_refused(
    desk: Desk, changes: dict[str, object], reason: str
) -> None:
    checkout = desk.checkout(Frequency.MONTHLY, stripe_subscription_id="sub_ours")

    with refused(reason):
        desk.apply(subscription(checkout, **({"id": "sub_ours"} | changes)))

    assert count_of(Subscription) == 0


def test_a_subscription_cannot_claim_a_gift_given_once(desk: Desk) -> None:
    with refused("a subscription claims a checkout that gives once"):
        desk.apply(subscription(desk.checkout(Frequency.ONCE)))


def test_a_customer_of_another_supporter_is_refused(desk: Desk) -> None:
    checkout = desk.checkout(Frequency.MONTHLY)
    with writing() as opened:
        other = factories.make_supporter(opened, desk.runtime.vault)
        customer_id = ids(checkout)["customer"]
        opened.add(StripeCustomer(stripe_customer_id=customer_id, supporter_id=other.id, created_at=NOON))

    with refused("the subscription's customer belongs to another supporter"):
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


def test_all_of_a_subscription_is_written_down(desk: Desk) -> None:
    checkout = desk.checkout(Frequency.MONTHLY, campaign="spring")
    before = desk.clock.time

    desk.apply(subscription(checkout, cancels_at_period_end=True))

    row, customer = only(Subscription), only(StripeCustomer)
    named = ids(checkout)
    assert (row.stripe_subscription_id, row.stripe_customer_id) == (named["subscription"], named["customer"])
    assert (row.checkout_id, row.origin_id) == (checkout.id, only(Origin, campaign="spring").id)
    assert (row.currency, row.started_at) == ("eur", NOON + timedelta(minutes=5))
    assert (row.current_period_ends_at, row.cancels_at_period_end) == (NOON + timedelta(days=30), True)
    assert (row.stripe_item_id, row.stripe_product_id) == ("si_1", "prod_1")
    assert row.stripe_payment_method_id == "pm_1"
    assert before < row.recorded_at <= desk.clock.time
    assert customer.stripe_customer_id == named["customer"]
    assert before < customer.created_at <= desk.clock.time
    assert only(Checkout).stripe_subscription_id == named["subscription"]


def test_a_subscription_whose_reference_is_nobodys_is_set_aside(desk: Desk) -> None:
    applied = desk.apply(subscription(desk.checkout(Frequency.MONTHLY), reference="nobody's"))

    assert applied.note == "not ours: no checkout has the subscription's reference"


@pytest.mark.parametrize(
    ("ended", "canceled_at", "told"),
    [
        (NOON + timedelta(days=4), NOON + timedelta(days=3), NOON + timedelta(days=4)),
        (None, NOON + timedelta(days=3), NOON + timedelta(days=3)),
    ],
)
def test_a_gift_ended_when_stripe_says_that_it_did(
    desk: Desk, ended: object, canceled_at: object, told: object
) -> None:
    gone = subscription(
        desk.checkout(Frequency.MONTHLY), status="canceled", ended_at=ended, canceled_at=canceled_at
    )

    desk.apply(gone)

    assert only(Subscription).ended_at == told


@pytest.mark.parametrize("is_known", [True, False])
def test_where_stripe_does_not_say_when_a_gift_ended_the_first_look_counts(
    desk: Desk, is_known: bool
) -> None:
    checkout = desk.checkout(Frequency.MONTHLY)
    if is_known:
        desk.apply(subscription(checkout))
    before = desk.clock.time
    desk.apply(subscription(checkout, status="canceled"))
    first = only(Subscription).ended_at

    desk.clock.forward(timedelta(days=1))
    desk.apply(subscription(checkout, status="canceled"))

    assert before < first < before + timedelta(minutes=1)
    assert only(Subscription).ended_at == first


@pytest.mark.parametrize(
    ("columns", "status", "becomes"),
    [
        ({"first_charge_at": NOON + timedelta(days=9)}, CheckoutStatus.PROCESSING, CheckoutStatus.UNPAID),
        ({}, CheckoutStatus.PROCESSING, CheckoutStatus.PROCESSING),
        ({"first_charge_at": NOON + timedelta(days=9)}, CheckoutStatus.OPEN, CheckoutStatus.OPEN),
    ],
)
def test_an_attempt_ends_with_a_gift_agreed_for_later_that_ended_before(
    desk: Desk, columns: dict[str, object], status: CheckoutStatus, becomes: CheckoutStatus
) -> None:
    checkout = desk.checkout(Frequency.MONTHLY, status=status, **columns)

    desk.apply(canceled(checkout))

    assert only(Checkout).status is becomes
    assert (only(Checkout).ended_at is not None) == (becomes is CheckoutStatus.UNPAID)


def test_an_attempt_goes_on_while_the_gift_agreed_for_later_does(desk: Desk) -> None:
    later = NOON + timedelta(days=9)
    checkout = desk.checkout(Frequency.MONTHLY, status=CheckoutStatus.PROCESSING, first_charge_at=later)

    desk.apply(subscription(checkout, status="trialing"))

    assert only(Checkout).status is CheckoutStatus.PROCESSING


def owing(desk: Desk, **changes: object) -> Checkout:
    """A monthly gift, paid once, whose second invoice could not be charged."""
    checkout = desk.checkout(Frequency.MONTHLY)
    desk.apply(subscription(checkout))
    desk.apply(payment_intent(checkout))
    desk.apply(subscription(checkout, status="past_due"))
    desk.apply(second_invoice(checkout, **changes))
    return checkout


def second_invoice(checkout: Checkout, **changes: object) -> InvoiceSnapshot:
    usual: dict[str, object] = {"id": "in_2", "status": "open", "is_first": False, "attempts": 1}
    return invoice(checkout, **(usual | changes))


def test_all_of_a_failed_payment_is_written_down(desk: Desk) -> None:
    before = desk.clock.time
    next_try_at = NOON + timedelta(days=5)

    owing(desk, next_attempt_at=next_try_at)

    row, failure = only(Subscription), only(PaymentFailure)
    assert (row.failing_invoice_id, row.failing_next_try_at) == ("in_2", next_try_at)
    assert before < row.failing_since <= desk.clock.time
    assert (failure.stripe_invoice_id, failure.subscription_id) == ("in_2", row.id)
    assert (failure.frequency, failure.failed_at) == (Frequency.MONTHLY, row.failing_since)
    assert (failure.failed_on, failure.needed_confirmation) == (NOON.date(), False)
    assert (failure.recovered_at, failure.given_up_at) == (None, None)


def test_a_payment_that_fails_again_has_failed_since_the_first_time(desk: Desk) -> None:
    checkout = owing(desk)
    since = only(Subscription).failing_since

    desk.apply(second_invoice(checkout, attempts=2, next_attempt_at=NOON + timedelta(days=8)))

    row = only(Subscription)
    assert (row.failing_since, row.failing_next_try_at) == (since, NOON + timedelta(days=8))
    assert only(PaymentFailure).failed_at == since


def test_another_invoice_that_fails_is_a_failure_of_its_own(desk: Desk) -> None:
    checkout = owing(desk)
    since = only(Subscription).failing_since

    desk.apply(second_invoice(checkout, id="in_3"))

    assert only(Subscription).failing_invoice_id == "in_3"
    assert only(Subscription).failing_since > since
    assert count_of(PaymentFailure) == 2


def test_a_bank_that_asks_after_all_is_noted_with_the_failure_and_keeps_its_first_time(desk: Desk) -> None:
    checkout = owing(desk)
    assert only(PaymentFailure).needed_confirmation is False

    desk.apply(second_invoice(checkout, needs_confirmation=True))
    asked_at = only(Subscription).confirmation_asked_at
    desk.apply(second_invoice(checkout, needs_confirmation=True))

    assert only(PaymentFailure).needed_confirmation is True
    assert only(Subscription).confirmation_asked_at == asked_at
    assert asked_at is not None


def test_a_bank_that_asks_no_more_is_not_waited_for_but_is_remembered(desk: Desk) -> None:
    checkout = owing(desk, needs_confirmation=True)

    desk.apply(second_invoice(checkout))

    assert only(Subscription).confirmation_asked_at is None
    assert only(PaymentFailure).needed_confirmation is True


def test_an_invoice_that_was_not_tried_yet_has_not_failed(desk: Desk) -> None:
    owing(desk, attempts=0)

    assert only(Subscription).failing_invoice_id is None
    assert count_of(PaymentFailure) == 0


def test_an_invoice_that_is_settled_ends_what_was_owed_for_it_alone(desk: Desk) -> None:
    checkout = owing(desk)

    desk.apply(second_invoice(checkout, id="in_9", status="paid"))
    assert only(Subscription).failing_invoice_id == "in_2"
    desk.apply(second_invoice(checkout, status="void"))

    row = only(Subscription)
    assert (row.failing_invoice_id, row.failing_since) == (None, None)
    assert (row.failing_next_try_at, row.confirmation_asked_at) == (None, None)


def test_a_gift_that_has_ended_owes_nothing_any_more(desk: Desk) -> None:
    checkout = owing(desk)
    desk.apply(canceled(checkout))

    desk.apply(second_invoice(checkout))

    assert only(Subscription).failing_invoice_id is None
    assert only(PaymentFailure).given_up_at is not None


def test_what_was_given_up_and_is_paid_after_all_has_recovered(desk: Desk) -> None:
    checkout = owing(desk)
    desk.apply(canceled(checkout))
    paid_at = NOON + timedelta(days=40)
    late = charge(checkout, id="ch_2", payment_intent_id="pi_2", created_at=paid_at)
    first = payment_intent(checkout)
    assert first.invoice is not None

    link = replace(first.invoice, invoice_id="in_2")
    desk.apply(replace(first, id="pi_2", charge=late, invoice=link))

    failure = only(PaymentFailure)
    assert (failure.recovered_at, failure.given_up_at) == (paid_at, None)


def test_a_failure_that_has_recovered_is_not_given_up_when_the_gift_ends(desk: Desk) -> None:
    checkout = owing(desk)
    first = payment_intent(checkout)
    assert first.invoice is not None
    again = replace(first, id="pi_2", charge=None, invoice=replace(first.invoice, invoice_id="in_2"))
    desk.apply(again)

    desk.apply(canceled(checkout))

    assert only(PaymentFailure).given_up_at is None
    assert only(PaymentFailure).recovered_at is not None


def test_another_card_is_tried_once_for_each_invoice_and_card(desk: Desk) -> None:
    checkout = owing(desk)

    desk.apply(subscription(checkout, status="past_due"))
    assert count_of(GiftChange) == 0
    desk.apply(subscription(checkout, status="past_due", payment_method_id="pm_2"))

    assert only(GiftChange).nonce == "retry:in_2:pm_2"


def test_a_first_card_is_none_that_was_changed(desk: Desk) -> None:
    checkout = owing(desk)
    desk.apply(subscription(checkout, status="past_due", payment_method_id=None))
    with writing() as opened:
        opened.execute(delete(GiftChange))

    desk.apply(subscription(checkout, status="past_due", payment_method_id="pm_2"))

    assert count_of(GiftChange) == 0


def test_an_invoice_has_each_of_its_payments_looked_at_that_is_not_recorded(desk: Desk) -> None:
    checkout = desk.checkout(Frequency.MONTHLY)
    desk.apply(subscription(checkout))
    desk.apply(payment_intent(checkout))
    known = ids(checkout)["payment_intent"]
    with reading() as opened:
        found = relatives(opened, invoice(checkout, payment_intent_ids=(known, "pi_new")))
        none = relatives(opened, invoice(checkout, subscription_id=None))

    assert found == [
        Relative(ObjectKind.SUBSCRIPTION, ids(checkout)["subscription"]),
        Relative(ObjectKind.PAYMENT_INTENT, "pi_new"),
    ]
    assert none == []


def test_a_subscription_has_its_latest_invoice_looked_at_until_that_is_paid(desk: Desk) -> None:
    checkout = desk.checkout(Frequency.MONTHLY)
    gift = subscription(checkout)
    desk.apply(gift)
    with reading() as opened:
        before = subscriptions.relatives(opened, gift)
        without = subscriptions.relatives(opened, subscription(checkout, latest_invoice_id=None))
    desk.apply(payment_intent(checkout))
    with reading() as opened:
        after = subscriptions.relatives(opened, gift)

    assert before == [Relative(ObjectKind.INVOICE, ids(checkout)["invoice"])]
    assert (without, after) == ([], [])


def test_what_was_given_up_stays_given_up_since_the_first_time(desk: Desk) -> None:
    checkout = owing(desk)
    desk.apply(canceled(checkout))
    since = only(PaymentFailure).given_up_at

    desk.clock.forward(timedelta(days=1))
    desk.apply(canceled(checkout))

    assert since is not None
    assert only(PaymentFailure).given_up_at == since
