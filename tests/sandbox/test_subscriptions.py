"""Subscriptions and invoices: the shapes that catch naive code, and how a gift goes on or ends."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import stripe

from donations.sandbox.periods import next_boundary
from tests.sandbox import desk as cards
from tests.sandbox.desk import Desk


def subscription_of(desk: Desk, session: stripe.checkout.Session, *expand: str) -> stripe.Subscription:
    return desk.stripe.v1.subscriptions.retrieve(str(session.subscription), {"expand": list(expand)})


def test_the_period_is_on_the_item(desk: Desk) -> None:
    subscription = subscription_of(desk, desk.subscribe())

    assert "current_period_end" not in subscription
    item = subscription["items"].data[0]
    assert item.current_period_end > item.current_period_start
    assert item.price.recurring.interval == "month"
    assert subscription.billing_mode.type == "flexible"


def test_an_invoice_names_its_subscription_and_payment_only_in_the_new_places(desk: Desk) -> None:
    session = desk.subscribe(subscription_data={"metadata": {"reference": "r"}})

    invoice = desk.stripe.v1.invoices.retrieve(str(session.invoice))
    with_payments = desk.stripe.v1.invoices.retrieve(str(session.invoice), {"expand": ["payments"]})

    assert not {"payment_intent", "charge", "paid", "subscription", "payments"} & set(invoice.to_dict())
    details = invoice.parent.subscription_details
    assert (details.subscription, details.metadata.to_dict()) == (session.subscription, {"reference": "r"})
    assert (invoice.status, invoice.billing_reason) == ("paid", "subscription_create")
    assert with_payments.payments.data[0].payment.type == "payment_intent"


def test_an_invoice_is_found_from_its_payment_intent(desk: Desk) -> None:
    session = desk.subscribe()
    desk.subscribe()
    payments = desk.stripe.v1.invoice_payments
    intent = payments.list({"invoice": str(session.invoice)}).data[0].payment.payment_intent

    found = payments.list({"payment": {"type": "payment_intent", "payment_intent": intent}})

    assert [(payment.invoice, payment.status) for payment in found] == [(session.invoice, "paid")]
    retrieved = payments.retrieve(found.data[0].id)
    assert retrieved.amount_paid == 1000


def test_a_renewal_bills_the_next_period_and_keeps_the_anchor(desk: Desk) -> None:
    session = desk.subscribe()
    before = subscription_of(desk, session)["items"].data[0]

    desk.control("renew", subscription=session.subscription)

    after = subscription_of(desk, session, "latest_invoice.payments")
    item, invoice = after["items"].data[0], after.latest_invoice
    assert item.current_period_start == before.current_period_end
    assert item.current_period_end > item.current_period_start
    assert (invoice.billing_reason, invoice.status, invoice.amount_paid) == (
        "subscription_cycle",
        "paid",
        1000,
    )
    line = invoice.lines.data[0]
    assert (line.period.start, line.period.end) == (item.current_period_start, item.current_period_end)
    assert (invoice.period_start, invoice.period_end) == (
        before.current_period_start,
        before.current_period_end,
    )
    intent = desk.stripe.v1.payment_intents.retrieve(invoice.payments.data[0].payment.payment_intent)
    assert intent.metadata.to_dict() == {}
    assert desk.stripe.v1.charges.retrieve(intent.latest_charge).balance_transaction.startswith("txn_")


def test_a_renewal_that_fails_leaves_the_invoice_open_with_a_next_try(desk: Desk) -> None:
    session = desk.subscribe(cards.FAILS_LATER)

    desk.control("renew", subscription=session.subscription)

    invoice = subscription_of(desk, session, "latest_invoice").latest_invoice
    assert (invoice.status, invoice.attempt_count) == ("open", 1)
    assert invoice.next_payment_attempt > invoice.created


def test_canceling_now_ends_it_and_hides_it(desk: Desk) -> None:
    session = desk.subscribe()
    subscriptions = desk.stripe.v1.subscriptions

    canceled = subscriptions.cancel(str(session.subscription), {"cancellation_details": {"comment": "moved"}})

    assert (canceled.status, canceled.cancellation_details.reason) == ("canceled", "cancellation_requested")
    assert canceled.cancellation_details.comment == "moved"
    assert desk.event_types()[-1] == "customer.subscription.deleted"
    assert subscriptions.list().data == []
    assert [found.id for found in subscriptions.list({"status": "all"})] == [canceled.id]
    with pytest.raises(stripe.InvalidRequestError, match="No such subscription"):
        subscriptions.cancel(canceled.id)


def test_canceling_at_period_end_ends_with_the_next_cycle(desk: Desk) -> None:
    session = desk.subscribe()
    subscription = desk.stripe.v1.subscriptions.update(
        str(session.subscription), {"cancel_at_period_end": True}
    )
    assert subscription.cancel_at == subscription["items"].data[0].current_period_end
    assert subscription.status == "active"

    desk.control("renew", subscription=session.subscription)

    assert subscription_of(desk, session).status == "canceled"
    assert desk.event_types()[-2:] == ["customer.subscription.updated", "customer.subscription.deleted"]
    assert len(desk.state()["objects"]["invoice"]) == 1


def test_a_date_ends_it_without_the_flag_and_can_be_taken_back(desk: Desk) -> None:
    session = desk.subscribe()
    update = desk.stripe.v1.subscriptions.update

    dated = update(str(session.subscription), {"cancel_at": "min_period_end"})
    resumed = update(str(session.subscription), {"cancel_at": ""})

    assert (dated.cancel_at_period_end, dated.cancel_at) == (False, dated["items"].data[0].current_period_end)
    assert (resumed.cancel_at, resumed.canceled_at, resumed.cancellation_details.reason) == (None, None, None)


def test_a_paused_collection_stays_active(desk: Desk) -> None:
    session = desk.subscribe()

    paused = desk.stripe.v1.subscriptions.update(
        str(session.subscription), {"pause_collection": {"behavior": "void"}}
    )

    assert (paused.status, paused.pause_collection.behavior) == ("active", "void")
    event = desk.stripe.v1.events.list({"limit": 1}).data[0]
    assert event.data.previous_attributes.to_dict() == {"pause_collection": None}


def test_an_amount_is_changed_by_a_new_price_on_the_item(desk: Desk) -> None:
    session = desk.subscribe()
    item = subscription_of(desk, session)["items"].data[0]
    price = {
        "currency": "eur",
        "unit_amount": 2500,
        "recurring": {"interval": "month"},
        "product": item.price.product,
    }

    desk.stripe.v1.subscriptions.update(
        str(session.subscription),
        {"items": [{"id": item.id, "price_data": price}], "proration_behavior": "none"},
    )
    desk.control("renew", subscription=session.subscription)

    assert subscription_of(desk, session, "latest_invoice").latest_invoice.amount_paid == 2500


def test_a_known_customer_subscribes_without_becoming_another(desk: Desk) -> None:
    customer = desk.stripe.v1.customers.create({"email": "known@example.org"})

    sessions = [desk.subscribe(customer=customer.id) for _ in range(2)]

    assert {session.customer for session in sessions} == {customer.id}
    assert [found["email"] for found in desk.state()["objects"]["customer"]] == ["known@example.org"]
    numbers = [desk.stripe.v1.invoices.retrieve(str(session.invoice)).number for session in sessions]
    assert [str(number).split("-")[1] for number in numbers] == ["0001", "0002"]
    assert len(desk.stripe.v1.subscriptions.list({"customer": customer.id}).data) == 2


def test_month_ends_come_back_after_short_months() -> None:
    anchor = int(datetime(2028, 1, 31, 12, tzinfo=UTC).timestamp())

    ends = [anchor]
    for _ in range(3):
        ends.append(next_boundary(anchor, ends[-1], "month", 1))

    days = [datetime.fromtimestamp(end, UTC).strftime("%m-%d") for end in ends]
    assert days == ["01-31", "02-29", "03-31", "04-30"]


def test_a_leap_day_is_kept_for_the_years_that_have_one() -> None:
    anchor = int(datetime(2028, 2, 29, tzinfo=UTC).timestamp())

    ends = [anchor]
    for _ in range(4):
        ends.append(next_boundary(anchor, ends[-1], "year", 1))

    days = [datetime.fromtimestamp(end, UTC).strftime("%Y-%m-%d") for end in ends]
    assert days == ["2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]
