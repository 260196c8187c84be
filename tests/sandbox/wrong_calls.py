"""Calls that come in the wrong state, or ask for what cannot be, and what Stripe answers to each."""

from __future__ import annotations

from collections.abc import Callable

import requests

from tests.sandbox import desk as cards
from tests.sandbox.desk import Desk

Wrong = Callable[[Desk], requests.Response]


def post(desk: Desk, path: str, form: dict[str, str] | None = None, **headers: str) -> requests.Response:
    return desk.http.post(f"{desk.server.base_url}/v1/{path}", form, headers=headers)


def delete(desk: Desk, path: str) -> requests.Response:
    return desk.http.delete(f"{desk.server.base_url}/v1/{path}")


def refund_more_than_paid(desk: Desk) -> requests.Response:
    intent = str(desk.give().payment_intent)
    return post(desk, "refunds", {"payment_intent": intent, "amount": "1001"})


def refund_more_than_is_left(desk: Desk) -> requests.Response:
    intent = str(desk.give().payment_intent)
    post(desk, "refunds", {"payment_intent": intent, "amount": "400"})
    return post(desk, "refunds", {"payment_intent": intent, "amount": "601"})


def refund_twice(desk: Desk) -> requests.Response:
    intent = str(desk.give().payment_intent)
    post(desk, "refunds", {"payment_intent": intent})
    return post(desk, "refunds", {"payment_intent": intent})


def refund_nothing(desk: Desk) -> requests.Response:
    return post(desk, "refunds", {"payment_intent": str(desk.give().payment_intent), "amount": "0"})


def refund_what_was_not_paid(desk: Desk) -> requests.Response:
    session = desk.open()
    desk.pay(session, cards.DECLINED)
    intent = desk.again(session).payment_intent
    return post(desk, "refunds", {"payment_intent": str(intent)})


def refund_what_is_disputed(desk: Desk) -> requests.Response:
    return post(desk, "refunds", {"payment_intent": str(desk.give(cards.DISPUTED).payment_intent)})


def refund_without_saying_what(desk: Desk) -> requests.Response:
    return post(desk, "refunds", {"amount": "100"})


def refund_two_things(desk: Desk) -> requests.Response:
    return post(desk, "refunds", {"charge": "ch_x", "payment_intent": "pi_x"})


def expire_a_paid_session(desk: Desk) -> requests.Response:
    return post(desk, f"checkout/sessions/{desk.give().id}/expire")


def expire_twice(desk: Desk) -> requests.Response:
    session = desk.open()
    post(desk, f"checkout/sessions/{session.id}/expire")
    return post(desk, f"checkout/sessions/{session.id}/expire")


def update_an_ended_subscription(desk: Desk) -> requests.Response:
    subscription = desk.subscribe().subscription
    delete(desk, f"subscriptions/{subscription}")
    return post(desk, f"subscriptions/{subscription}", {"description": "again"})


def cancel_twice(desk: Desk) -> requests.Response:
    subscription = desk.subscribe().subscription
    delete(desk, f"subscriptions/{subscription}")
    return delete(desk, f"subscriptions/{subscription}")


def end_two_ways(desk: Desk) -> requests.Response:
    form = {"cancel_at": "max_period_end", "cancel_at_period_end": "true"}
    return post(desk, f"subscriptions/{desk.subscribe().subscription}", form)


def end_in_the_past(desk: Desk) -> requests.Response:
    return post(desk, f"subscriptions/{desk.subscribe().subscription}", {"cancel_at": "1000000000"})


def price_and_price_data(desk: Desk) -> requests.Response:
    price = desk.open("subscription").id and "price_1"
    form = {"mode": "payment", "success_url": "http://127.0.0.1:9/", "line_items[0][quantity]": "1"}
    form |= {"line_items[0][price]": price, "line_items[0][price_data][currency]": "eur"}
    return post(desk, "checkout/sessions", form)


def customer_and_their_email(desk: Desk) -> requests.Response:
    customer = desk.stripe.v1.customers.create({"email": "reader@example.org"}).id
    return post(desk, "checkout/sessions", session(customer=customer, customer_email="reader@example.org"))


def a_customer_who_is_not(desk: Desk) -> requests.Response:
    return post(desk, "checkout/sessions", session(customer="cus_nobody"))


def an_amount_too_small(desk: Desk) -> requests.Response:
    return post(desk, "checkout/sessions", session(**{"line_items[0][price_data][unit_amount]": "49"}))


def an_amount_too_large(desk: Desk) -> requests.Response:
    return post(desk, "checkout/sessions", session(**{"line_items[0][price_data][unit_amount]": "100000000"}))


def an_expiry_too_soon(desk: Desk) -> requests.Response:
    return post(desk, "checkout/sessions", session(expires_at="1700000000"))


def a_product_twice(desk: Desk) -> requests.Response:
    post(desk, "products", {"id": "gift", "name": "Gift"})
    return post(desk, "products", {"id": "gift", "name": "Gift"})


def paid_invoice(desk: Desk) -> str:
    subscription = desk.stripe.v1.subscriptions.retrieve(str(desk.subscribe().subscription))
    return str(subscription.latest_invoice)


def pay_a_paid_invoice(desk: Desk) -> requests.Response:
    return post(desk, f"invoices/{paid_invoice(desk)}/pay")


def finalize_a_paid_invoice(desk: Desk) -> requests.Response:
    return post(desk, f"invoices/{paid_invoice(desk)}/finalize")


def void_a_paid_invoice(desk: Desk) -> requests.Response:
    return post(desk, f"invoices/{paid_invoice(desk)}/void")


def turn_a_clock_back(desk: Desk) -> requests.Response:
    clock = desk.stripe.v1.test_helpers.test_clocks.create({"frozen_time": 1_800_000_000}).id
    return post(desk, f"test_helpers/test_clocks/{clock}/advance", {"frozen_time": "1799999999"})


def resume_what_runs(desk: Desk) -> requests.Response:
    return post(desk, f"subscriptions/{desk.subscribe().subscription}/resume")


def cancel_a_paid_intent(desk: Desk) -> requests.Response:
    return post(desk, f"payment_intents/{desk.give().payment_intent}/cancel")


def confirm_a_paid_intent(desk: Desk) -> requests.Response:
    form = {"payment_method": "pm_card_visa"}
    return post(desk, f"payment_intents/{desk.give().payment_intent}/confirm", form)


def capture_a_paid_intent(desk: Desk) -> requests.Response:
    return post(desk, f"payment_intents/{desk.give().payment_intent}/capture")


def close_a_closed_dispute(desk: Desk) -> requests.Response:
    desk.give(cards.DISPUTED)
    dispute = desk.stripe.v1.disputes.list().data[0].id
    post(desk, f"disputes/{dispute}/close")
    return post(desk, f"disputes/{dispute}/close")


def detach_a_loose_card(desk: Desk) -> requests.Response:
    method = desk.stripe.v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}}).id
    return post(desk, f"payment_methods/{method}/detach")


def update_a_deleted_customer(desk: Desk) -> requests.Response:
    customer = desk.stripe.v1.customers.create({}).id
    delete(desk, f"customers/{customer}")
    return post(desk, f"customers/{customer}", {"name": "A"})


def delete_a_product_with_prices(desk: Desk) -> requests.Response:
    product = desk.stripe.v1.products.create({"name": "Gift"}).id
    desk.stripe.v1.prices.create({"product": product, "currency": "eur", "unit_amount": 500})
    return delete(desk, f"products/{product}")


def a_portal_for_nobody(desk: Desk) -> requests.Response:
    return post(desk, "billing_portal/sessions", {"customer": "cus_nobody"})


def session(**changes: str) -> dict[str, str]:
    return {
        "mode": "payment",
        "success_url": "http://127.0.0.1:9/",
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "eur",
        "line_items[0][price_data][unit_amount]": "1000",
        "line_items[0][price_data][product_data][name]": "Gift",
        **changes,
    }


REFUSED: dict[Wrong, tuple[int, str | None, str | None, str]] = {
    refund_more_than_paid: (400, None, "amount", "is greater than charge amount (€10.00)"),
    refund_more_than_is_left: (400, None, "amount", "is greater than unrefunded amount on charge (€6.00)"),
    refund_twice: (400, "charge_already_refunded", None, "has already been refunded."),
    refund_nothing: (400, "parameter_invalid_integer", "amount", "must be greater than or equal to 1"),
    refund_what_was_not_paid: (400, "payment_intent_unexpected_state", "payment_intent", "to refund"),
    refund_what_is_disputed: (400, "charge_disputed", None, "has been charged back"),
    refund_without_saying_what: (400, "parameter_missing", "charge", "Missing required param: charge."),
    refund_two_things: (400, None, "charge", "You may only specify one of these parameters"),
    expire_a_paid_session: (400, None, "session", "has a status of `complete`"),
    expire_twice: (400, None, "session", "has a status of `expired`"),
    update_an_ended_subscription: (404, "resource_missing", "id", "No such subscription: 'sub_"),
    cancel_twice: (404, "resource_missing", "id", "No such subscription: 'sub_"),
    end_two_ways: (400, None, "cancel_at", "You may only specify one of these parameters"),
    end_in_the_past: (400, None, "cancel_at", "must be in the future"),
    price_and_price_data: (400, None, "line_items[0][price]", "You may only specify one of these parameters"),
    customer_and_their_email: (400, None, "customer_email", "You may only specify one of these parameters"),
    a_customer_who_is_not: (400, "resource_missing", "customer", "No such customer: 'cus_nobody'"),
    an_amount_too_small: (400, "amount_too_small", "line_items", "must add up to at least €0.50 eur"),
    an_amount_too_large: (400, "amount_too_large", "line_items[0][price_data][unit_amount]", "99999999"),
    an_expiry_too_soon: (400, None, "expires_at", "at least 30 minutes from Checkout Session creation"),
    pay_a_paid_invoice: (400, None, None, "Invoice is already paid"),
    finalize_a_paid_invoice: (400, None, None, "already finalized"),
    void_a_paid_invoice: (400, None, None, "You can only pass in open"),
    turn_a_clock_back: (400, None, "frozen_time", "must be"),
    resume_what_runs: (400, None, "subscription", "paused"),
    cancel_a_paid_intent: (400, "payment_intent_unexpected_state", None, "cannot cancel"),
    confirm_a_paid_intent: (400, "payment_intent_unexpected_state", None, "cannot confirm"),
    capture_a_paid_intent: (400, "payment_intent_unexpected_state", None, "could not be captured"),
    close_a_closed_dispute: (400, None, "dispute", "already closed"),
    detach_a_loose_card: (400, None, "payment_method", "not attached"),
    update_a_deleted_customer: (404, "resource_missing", "customer", "No such customer"),
    delete_a_product_with_prices: (400, None, None, "price"),
    a_portal_for_nobody: (400, "resource_missing", "customer", "No such customer: 'cus_nobody'"),
    a_product_twice: (400, "resource_already_exists", "id", "Product already exists."),
}
