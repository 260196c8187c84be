"""Lives that take months: what the clocks bring about, for the proofs that run through all lives."""

from __future__ import annotations

import time
from typing import Any

import stripe

from tests.sandbox import desk as cards
from tests.sandbox.desk import Desk
from tests.sandbox.hosted_invoice import HostedInvoice

DAY = 86_400


def on_a_test_clock(
    desk: Desk, name: str = "A life"
) -> tuple[stripe.test_helpers.TestClock, stripe.Customer]:
    """A test clock that stands at now, and a customer who lives by it and pays by card."""
    v1 = desk.stripe.v1
    clock = v1.test_helpers.test_clocks.create({"frozen_time": int(time.time()), "name": "A life"})
    customer = v1.customers.create({"email": "reader@example.org", "test_clock": clock.id})
    keep_card(desk, customer.id, "pm_card_visa")
    return clock, customer


def keep_card(desk: Desk, customer: str, card: str) -> str:
    method = desk.stripe.v1.payment_methods.attach(card, {"customer": customer})
    settings: Any = {"invoice_settings": {"default_payment_method": method.id}}
    desk.stripe.v1.customers.update(customer, settings)
    return method.id


def subscription_for(desk: Desk, customer: str, amount: int = 1000, **changes: Any) -> stripe.Subscription:
    interval = changes.pop("interval", "month")
    product = desk.stripe.v1.products.create({"name": "Support The Moscow Times"})
    price: dict[str, Any] = {
        "currency": "eur",
        "unit_amount": amount,
        "product": product.id,
        "recurring": {"interval": interval},
    }
    return desk.stripe.v1.subscriptions.create(
        {"customer": customer, "items": [{"price_data": price}], **changes}  # pyright: ignore[reportArgumentType]
    )


def advance(desk: Desk, clock: str, seconds: int) -> stripe.test_helpers.TestClock:
    clocks = desk.stripe.v1.test_helpers.test_clocks
    clocks.advance(clock, {"frozen_time": clocks.retrieve(clock).frozen_time + seconds})
    return clocks.retrieve(clock)


def lived_on_a_test_clock(desk: Desk) -> None:
    clock, customer = on_a_test_clock(desk)
    subscription = subscription_for(desk, customer.id, trial_period_days=10)
    advance(desk, clock.id, 40 * DAY)
    v1 = desk.stripe.v1
    v1.subscriptions.list({"test_clock": clock.id, "customer": customer.id})
    item = v1.subscriptions.retrieve(subscription.id)["items"].data[0]
    price: Any = {
        "currency": "eur",
        "unit_amount": 300,
        "product": item.price.product,
        "recurring": {"interval": "year"},
    }
    v1.subscriptions.update(subscription.id, {"items": [{"id": item.id, "price_data": price}]})
    v1.test_helpers.test_clocks.list()
    v1.test_helpers.test_clocks.delete(clock.id)


def fell_behind_and_came_back(desk: Desk) -> None:
    v1 = desk.stripe.v1
    subscription = str(desk.subscribe(cards.FAILS_LATER).subscription)
    desk.control("clock", days=36)
    latest = str(v1.subscriptions.retrieve(subscription).latest_invoice)
    customer = str(v1.subscriptions.retrieve(subscription).customer)
    v1.invoices.pay(latest, {"payment_method": keep_card(desk, customer, "pm_card_visa")})


def asked_at_a_renewal(desk: Desk) -> None:
    v1 = desk.stripe.v1
    session = desk.open("subscription")
    desk.pay(session, cards.CHALLENGE)
    desk.answer_challenge(session, "complete")
    subscription = str(desk.again(session).subscription)
    for answers in (["complete"], ["fail", "card"]):
        desk.control("clock", to_next_renewal=True)
        desk.control("clock", days=4)
        invoice = v1.invoices.retrieve(str(v1.subscriptions.retrieve(subscription).latest_invoice))
        for answer in answers:
            HostedInvoice(desk, invoice).send(answer)


def ran_out_of_retries(desk: Desk) -> None:
    for afterwards in ("cancel", "unpaid", "past_due"):
        desk.control("retries", afterwards=afterwards)
        subscription = str(desk.subscribe(cards.FAILS_LATER).subscription)
        desk.control("clock", days=40)
        invoice = str(desk.stripe.v1.subscriptions.retrieve(subscription).latest_invoice)
        if afterwards == "unpaid":
            desk.stripe.v1.invoices.mark_uncollectible(invoice)
            desk.stripe.v1.invoices.void_invoice(invoice)


def paused_in_every_way(desk: Desk) -> None:
    v1 = desk.stripe.v1
    for behavior in ("void", "keep_as_draft", "mark_uncollectible"):
        subscription = str(desk.subscribe().subscription)
        pause: Any = {
            "pause_collection": {"behavior": behavior, "resumes_at": desk.state()["now"] + 40 * DAY}
        }
        v1.subscriptions.update(subscription, pause)
        desk.control("clock", days=33)
        if behavior == "keep_as_draft":
            invoice = str(v1.subscriptions.retrieve(subscription).latest_invoice)
            v1.invoices.finalize_invoice(invoice)
            v1.invoices.pay(invoice)
        desk.control("clock", days=10)


def tried_without_a_card(desk: Desk) -> None:
    v1 = desk.stripe.v1
    for wanted in ("pause", "cancel", "create_invoice"):
        customer = v1.customers.create({"email": "reader@example.org"})
        settings = {"end_behavior": {"missing_payment_method": wanted}}
        subscription = subscription_for(desk, customer.id, trial_period_days=5, trial_settings=settings)
        desk.control("clock", days=6)
        if wanted == "pause":
            keep_card(desk, customer.id, "pm_card_visa")
            v1.subscriptions.resume(subscription.id)


def started_later(desk: Desk) -> None:
    trial_end = desk.state()["now"] + 20 * DAY
    for card in (cards.PAYS, cards.CHALLENGE, cards.DECLINED):
        session = desk.open("subscription", subscription_data={"trial_end": trial_end})
        desk.pay(session, card)
        desk.answer_challenge(session, "complete")
    anchor = {"billing_cycle_anchor": trial_end}
    desk.subscribe(subscription_data=anchor)
    desk.subscribe(subscription_data={**anchor, "proration_behavior": "none"})
    desk.control("clock", days=25)


def another_rhythm_from_the_next_date(desk: Desk) -> None:
    v1 = desk.stripe.v1
    for interval, other in (("month", "year"), ("year", "month")):
        session = desk.subscribe(interval=interval)
        item = v1.subscriptions.retrieve(str(session.subscription))["items"].data[0]
        price = {
            "currency": "eur",
            "unit_amount": 700,
            "product": item.price.product,
            "recurring": {"interval": other},
        }
        change: Any = {
            "items": [{"id": item.id, "price_data": price}],
            "trial_end": item.current_period_end,
            "proration_behavior": "none",
        }
        v1.subscriptions.update(str(session.subscription), change)
        desk.control("clock", to=item.current_period_end + 3700)


def never_completed(desk: Desk) -> None:
    clock, customer = on_a_test_clock(desk)
    for card in ("pm_card_threeDSecure2Required", "pm_card_chargeCustomerFail"):
        keep_card(desk, customer.id, card)
        subscription_for(desk, customer.id)
    advance(desk, clock.id, DAY)


LIVES_IN_TIME = (
    lived_on_a_test_clock,
    fell_behind_and_came_back,
    asked_at_a_renewal,
    ran_out_of_retries,
    paused_in_every_way,
    tried_without_a_card,
    started_later,
    another_rhythm_from_the_next_date,
    never_completed,
)
