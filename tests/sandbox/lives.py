"""Every case of a gift's life, one function each: what the proofs about all of them run through.

A new case is a function and a line in `LIVES`; a new route needs a life that calls it.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.sandbox import desk as cards
from tests.sandbox.desk import Desk
from tests.sandbox.lives_by_api import LIVES_BY_API
from tests.sandbox.lives_by_schedule import LIVES_BY_SCHEDULE
from tests.sandbox.lives_in_time import LIVES_IN_TIME
from tests.sandbox.lives_of_money import LIVES_OF_MONEY


def gifts_in_several_currencies(desk: Desk) -> None:
    for currency in ("eur", "usd", "jpy", "gbp"):
        desk.give(currency=currency, amount=2000)
    desk.give(customer_creation="always", locale="nl", payment_intent_data={"metadata": {"a": "b"}})


def declined_then_paid(desk: Desk) -> None:
    for mode in ("payment", "subscription"):
        session = desk.open(mode)
        for card in (cards.DECLINED, cards.INSUFFICIENT_FUNDS, cards.PAYS):
            desk.pay(session, card)


def challenged(desk: Desk) -> None:
    for mode in ("payment", "subscription"):
        for outcome in ("complete", "fail"):
            session = desk.open(mode)
            desk.pay(session, cards.CHALLENGE)
            desk.answer_challenge(session, outcome)


def debited(desk: Desk) -> None:
    for mode in ("payment", "subscription"):
        for iban in (cards.IBAN_SETTLES, cards.IBAN_FAILS):
            desk.pay(desk.open(mode), iban=iban)
    on_their_way = [
        intent for intent in desk.state()["objects"]["payment_intent"] if intent["status"] == "processing"
    ]
    for intent in on_their_way:
        ended = desk.control("debits", payment_intent=intent["id"])
        if ended["status"] == "succeeded":
            desk.stripe.v1.refunds.create({"payment_intent": ended["id"], "amount": 100})


def refunded_in_parts(desk: Desk) -> None:
    intent = str(desk.give().payment_intent)
    first = desk.stripe.v1.refunds.create({"payment_intent": intent, "amount": 300})
    desk.stripe.v1.refunds.update(first.id, {"metadata": {"why": "asked"}})
    desk.stripe.v1.refunds.create({"payment_intent": intent, "reason": "requested_by_customer"})


def disputed(desk: Desk) -> None:
    desk.give(cards.DISPUTED)


def renewed_monthly_and_annually(desk: Desk) -> None:
    for interval in ("month", "year"):
        session = desk.subscribe(interval=interval)
        for _ in range(2):
            desk.control("renew", subscription=session.subscription)


def renewal_that_fails(desk: Desk) -> None:
    session = desk.subscribe(cards.FAILS_LATER)
    desk.control("renew", subscription=session.subscription)


def changed_and_canceled(desk: Desk) -> None:
    subscriptions = desk.stripe.v1.subscriptions
    subscription = str(desk.subscribe().subscription)
    item = subscriptions.retrieve(subscription)["items"].data[0]
    price = {"currency": "eur", "unit_amount": 2500, "recurring": {"interval": "month"}}
    price["product"] = item.price.product
    subscriptions.update(subscription, {"items": [{"id": item.id, "price_data": price}]})
    subscriptions.update(subscription, {"pause_collection": {"behavior": "void"}})
    subscriptions.update(subscription, {"pause_collection": ""})
    subscriptions.update(subscription, {"cancel_at": "min_period_end"})
    subscriptions.update(subscription, {"cancel_at": ""})
    subscriptions.update(subscription, {"cancel_at_period_end": True})
    desk.control("renew", subscription=subscription)
    another = str(desk.subscribe().subscription)
    subscriptions.cancel(another, {"cancellation_details": {"feedback": "too_expensive"}})


def managed(desk: Desk) -> None:
    v1 = desk.stripe.v1
    session = desk.subscribe()
    subscription = str(session.subscription)
    desk.control("cards", subscription=subscription, exp_month=3, exp_year=2027)
    v1.subscriptions.update(subscription, {"cancellation_details": {"comment": "The rent"}})
    v1.customers.delete(str(session.customer))
    expand = ["default_payment_method", "customer.invoice_settings.default_payment_method"]
    v1.subscriptions.retrieve(subscription, {"expand": expand})


def expired(desk: Desk) -> None:
    desk.stripe.v1.checkout.sessions.expire(desk.open().id)
    declined = desk.open()
    desk.pay(declined, cards.DECLINED)
    desk.control("clock", seconds=25 * 3600)
    desk.again(declined)


def catalogue(desk: Desk) -> None:
    v1 = desk.stripe.v1
    product = v1.products.create({"name": "Gift", "metadata": {"a": "b"}})
    v1.products.update(product.id, {"description": "For the newsroom"})
    price = v1.prices.create({"product": product.id, "currency": "eur", "unit_amount": 500})
    v1.prices.update(price.id, {"nickname": "Five"})
    customer = v1.customers.create({"email": "reader@example.org", "metadata": {"a": "b"}})
    v1.customers.update(customer.id, {"name": "A Reader", "address": {"country": "NL"}})
    session = desk.give(customer=customer.id)
    v1.checkout.sessions.update(session.id, {"metadata": {"noted": "yes"}})
    v1.checkout.sessions.line_items.list(session.id)
    v1.accounts.retrieve_current()


LIVES: dict[str, Callable[[Desk], None]] = {
    life.__name__: life
    for life in (
        gifts_in_several_currencies,
        declined_then_paid,
        challenged,
        debited,
        refunded_in_parts,
        disputed,
        renewed_monthly_and_annually,
        renewal_that_fails,
        changed_and_canceled,
        managed,
        expired,
        catalogue,
        *LIVES_BY_API,
        *LIVES_BY_SCHEDULE,
        *LIVES_IN_TIME,
        *LIVES_OF_MONEY,
    )
}
