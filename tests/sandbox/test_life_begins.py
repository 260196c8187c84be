"""How recurring gifts begin: through the API, on trial, on a chosen day, or not at all."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.sandbox import desk as cards
from tests.sandbox.desk import Desk
from tests.sandbox.lives_in_time import DAY, advance, keep_card, on_a_test_clock, subscription_for
from tests.sandbox.reading_events import Listener

NOTHING_DUE = ["invoice.created", "invoice.finalized", "invoice.paid", "invoice.payment_succeeded"]


def test_through_the_api_a_card_that_pays_makes_it_active(desk: Desk) -> None:
    _, customer = on_a_test_clock(desk)
    listener = Listener(desk)

    subscription = subscription_for(desk, customer.id)

    assert subscription.status == "active"
    assert [type for type in listener.types() if not type.startswith(("product", "price"))] == [
        "charge.succeeded", "customer.subscription.created", "payment_intent.succeeded",
        "payment_intent.created", "invoice.created", "invoice.finalized", "invoice.paid",
        "invoice.payment_succeeded", "invoice_payment.paid",
    ]  # fmt: skip


@pytest.mark.parametrize("card", ["pm_card_chargeCustomerFail", "pm_card_threeDSecure2Required"])
def test_through_the_api_a_first_payment_that_fails_expires_after_23_hours(desk: Desk, card: str) -> None:
    clock, customer = on_a_test_clock(desk)
    keep_card(desk, customer.id, card)
    subscription = subscription_for(desk, customer.id)
    retrieve = desk.stripe.v1.subscriptions.retrieve

    advance(desk, clock.id, 22 * 3600)
    still = retrieve(subscription.id).status
    advance(desk, clock.id, 3600)

    expired = retrieve(subscription.id, {"expand": ["latest_invoice"]})
    assert (subscription.status, still, expired.status) == ("incomplete", "incomplete", "incomplete_expired")
    assert expired.latest_invoice.status == "void"


def test_through_the_api_an_incomplete_one_becomes_active_when_it_is_paid(desk: Desk) -> None:
    _, customer = on_a_test_clock(desk)
    keep_card(desk, customer.id, "pm_card_chargeCustomerFail")
    subscription = subscription_for(desk, customer.id)
    good = keep_card(desk, customer.id, "pm_card_visa")

    desk.stripe.v1.invoices.pay(str(subscription.latest_invoice), {"payment_method": good})

    assert desk.stripe.v1.subscriptions.retrieve(subscription.id).status == "active"


def test_an_error_instead_of_an_incomplete_one_leaves_nothing(desk: Desk) -> None:
    _, customer = on_a_test_clock(desk)
    keep_card(desk, customer.id, "pm_card_chargeCustomerFail")

    with pytest.raises(stripe.CardError):
        subscription_for(desk, customer.id, payment_behavior="error_if_incomplete")

    assert desk.state()["objects"]["subscription"] == []


def test_a_gift_that_starts_next_month_costs_nothing_today(desk: Desk) -> None:
    trial_end = desk.state()["now"] + 20 * DAY
    session = desk.open("subscription", subscription_data={"trial_end": trial_end})

    desk.pay(session)

    done = desk.again(session, "subscription", "invoice")
    assert (done.status, done.payment_status, done.amount_total) == ("complete", "no_payment_required", 0)
    assert (done.subscription.status, done.subscription.trial_end) == ("trialing", trial_end)
    assert done.subscription.billing_cycle_anchor == trial_end
    assert (done.invoice.status, done.invoice.amount_paid) == ("paid", 0)
    assert desk.event_types() == [
        "setup_intent.created", "setup_intent.succeeded", "payment_method.attached", "customer.created",
        "checkout.session.completed", "customer.updated", "customer.subscription.created", *NOTHING_DUE,
    ]  # fmt: skip
    assert desk.state()["objects"]["charge"] == []


def test_at_the_end_of_its_trial_it_is_active_and_charged(desk: Desk) -> None:
    trial_end = desk.state()["now"] + 20 * DAY
    session = desk.subscribe(subscription_data={"trial_end": trial_end})
    desk.control("clock", to=trial_end - 4 * DAY)
    listener = Listener(desk)

    desk.control("clock", to=trial_end + 7200)

    subscription = desk.again(session, "subscription.latest_invoice").subscription
    assert (subscription.status, subscription.latest_invoice.amount_paid) == ("active", 1000)
    assert subscription["items"].data[0].current_period_start == trial_end
    assert listener.types()[:4] == [
        "customer.subscription.trial_will_end", "customer.subscription.updated", "invoice.created",
        "invoice.finalized",
    ]  # fmt: skip


def test_a_refused_card_keeps_no_gift_for_later(desk: Desk) -> None:
    session = desk.open("subscription", subscription_data={"trial_period_days": 20})

    answer = desk.pay(session, cards.DECLINED)

    assert (answer.status_code, desk.again(session).status) == (402, "open")
    assert "declined" in answer.text
    assert desk.event_types() == ["setup_intent.created", "setup_intent.setup_failed"]


@pytest.mark.parametrize(("outcome", "status"), [("complete", "complete"), ("fail", "open")])
def test_a_gift_for_later_may_be_asked_for_3_d_secure(desk: Desk, outcome: str, status: str) -> None:
    session = desk.open("subscription", subscription_data={"trial_period_days": 20})

    asked = desk.pay(session, cards.CHALLENGE).headers["Location"]
    desk.answer_challenge(session, outcome)

    assert asked.endswith(f"/c/challenge/{session.id}")
    assert desk.again(session).status == status


@pytest.mark.parametrize(("proration", "due"), [("create_prorations", 500), ("none", 0)])
def test_until_a_chosen_day_a_part_or_nothing_is_due(desk: Desk, proration: str, due: int) -> None:
    now = desk.state()["now"]
    half_a_month: Any = {"billing_cycle_anchor": now + 15 * DAY, "proration_behavior": proration}

    session = desk.subscribe(subscription_data=half_a_month)

    assert session.amount_total == pytest.approx(due, abs=20)
    subscription = desk.again(session, "subscription.latest_invoice").subscription
    assert subscription.status == "active"
    assert subscription["items"].data[0].current_period_end == now + 15 * DAY
    assert subscription.latest_invoice.total == session.amount_total


@pytest.mark.parametrize(
    ("data", "param"),
    [
        ({"trial_end": 3600}, "subscription_data[trial_end]"),
        ({"trial_end": -3600}, "subscription_data[trial_end]"),
        ({"trial_end": 731 * DAY}, "subscription_data[trial_end]"),
        ({"trial_period_days": 731}, "subscription_data[trial_period_days]"),
        ({"billing_cycle_anchor": 40 * DAY}, "subscription_data[billing_cycle_anchor]"),
        ({"billing_cycle_anchor": -DAY}, "subscription_data[billing_cycle_anchor]"),
    ],
)
def test_a_start_that_cannot_be_is_refused(desk: Desk, data: dict[str, int], param: str) -> None:
    now = desk.state()["now"]
    moved = {name: value if name.endswith("days") else now + value for name, value in data.items()}

    with pytest.raises(stripe.InvalidRequestError) as refused:
        desk.open("subscription", subscription_data=moved)

    assert refused.value.param == param


@pytest.mark.parametrize(
    ("wanted", "status"), [("create_invoice", "past_due"), ("cancel", "canceled"), ("pause", "paused")]
)
def test_a_trial_that_ends_without_a_card_ends_as_was_said(desk: Desk, wanted: str, status: str) -> None:
    customer = desk.stripe.v1.customers.create({"email": "reader@example.org"})
    settings = {"end_behavior": {"missing_payment_method": wanted}}
    subscription = subscription_for(desk, customer.id, trial_period_days=5, trial_settings=settings)

    desk.control("clock", seconds=5 * DAY + 7200)

    assert desk.stripe.v1.subscriptions.retrieve(subscription.id).status == status


def test_a_paused_one_is_billed_from_the_day_it_is_resumed(desk: Desk) -> None:
    customer = desk.stripe.v1.customers.create({"email": "reader@example.org"})
    settings = {"end_behavior": {"missing_payment_method": "pause"}}
    subscription = subscription_for(desk, customer.id, trial_period_days=5, trial_settings=settings)
    now = desk.control("clock", days=20)["now"]
    keep_card(desk, customer.id, "pm_card_visa")

    resumed = desk.stripe.v1.subscriptions.resume(subscription.id, {"expand": ["latest_invoice"]})

    assert (resumed.status, resumed.latest_invoice.status) == ("active", "paid")
    assert resumed.billing_cycle_anchor == pytest.approx(now, abs=30)
    with pytest.raises(stripe.InvalidRequestError, match="paused"):
        desk.stripe.v1.subscriptions.resume(subscription.id)
