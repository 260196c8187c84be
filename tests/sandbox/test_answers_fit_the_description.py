"""Every object and every event of a life with all its cases, against Stripe's own description."""

from __future__ import annotations

from typing import Any

from tests.sandbox import desk as cards
from tests.sandbox.described import complaints, unknown_fields
from tests.sandbox.desk import Desk


def live_through_everything(desk: Desk) -> None:
    give_and_refund(desk)
    attempt_with_every_card(desk)
    debit_and_refund(desk)
    subscribe_and_end(desk)
    desk.stripe.v1.checkout.sessions.expire(desk.open().id)
    product = desk.stripe.v1.products.create({"name": "Gift"})
    desk.stripe.v1.prices.create({"product": product.id, "currency": "eur", "unit_amount": 500})
    desk.stripe.v1.customers.create({"email": "reader@example.org", "metadata": {"a": "b"}})


def give_and_refund(desk: Desk) -> None:
    for currency in ("eur", "usd", "jpy"):
        desk.give(currency=currency, amount=2000)
    once = desk.give(customer_creation="always", locale="nl", payment_intent_data={"metadata": {"a": "b"}})
    desk.stripe.v1.refunds.create({"payment_intent": once.payment_intent, "amount": 300})


def attempt_with_every_card(desk: Desk) -> None:
    desk.give(cards.DISPUTED)
    for card in (cards.DECLINED, cards.INSUFFICIENT_FUNDS):
        desk.pay(desk.open(), card)
        desk.pay(desk.open("subscription"), card)
    for outcome in ("complete", "fail"):
        challenged = desk.open("subscription")
        desk.pay(challenged, cards.CHALLENGE)
        desk.answer_challenge(challenged, outcome)


def debit_and_refund(desk: Desk) -> None:
    for mode in ("payment", "subscription"):
        for iban in (cards.IBAN_SETTLES, cards.IBAN_FAILS):
            desk.pay(desk.open(mode), iban=iban)
    for intent in desk.state()["objects"]["payment_intent"]:
        if intent["status"] == "processing":
            ended = desk.control("debits", payment_intent=intent["id"])
            if ended["status"] == "succeeded":
                desk.stripe.v1.refunds.create({"payment_intent": ended["id"], "amount": 100})


def subscribe_and_end(desk: Desk) -> None:
    for card in (cards.PAYS, cards.FAILS_LATER):
        session = desk.subscribe(card, interval="year")
        desk.control("renew", subscription=session.subscription)
        desk.stripe.v1.subscriptions.update(str(session.subscription), {"cancel_at_period_end": True})
        desk.stripe.v1.subscriptions.cancel(str(session.subscription))


def all_objects(desk: Desk) -> list[dict[str, Any]]:
    return [document for documents in desk.state()["objects"].values() for document in documents]


def test_every_object_fits_the_description(desk: Desk) -> None:
    live_through_everything(desk)

    found = {document["id"]: complaints(document) for document in all_objects(desk)}

    assert {object_id: wrong for object_id, wrong in found.items() if wrong} == {}


def test_no_object_has_a_field_that_stripe_removed(desk: Desk) -> None:
    live_through_everything(desk)

    found = {document["object"]: unknown_fields(document) for document in all_objects(desk)}

    assert {kind: fields for kind, fields in found.items() if fields} == {}


def test_every_event_carries_an_object_that_fits_the_description(desk: Desk) -> None:
    live_through_everything(desk)

    found = {
        (event["type"], event["data"]["object"]["id"]): complaints(event["data"]["object"])
        for event in desk.state()["objects"]["event"]
    }

    assert {name: wrong for name, wrong in found.items() if wrong} == {}
    assert len({type for type, _ in found}) > 30


def test_the_life_covers_every_kind_of_object(desk: Desk) -> None:
    live_through_everything(desk)

    assert desk.kinds() == {
        "balance_transaction", "charge", "checkout.session", "customer", "dispute", "event", "invoice",
        "invoice_payment", "payment_intent", "payment_method", "price", "product", "refund", "subscription",
    }  # fmt: skip


def test_expanded_answers_and_the_account_fit_too(desk: Desk) -> None:
    session = desk.subscribe()
    expand = "&".join(
        f"expand[]={path}"
        for path in (
            "line_items",
            "subscription.latest_invoice.payments",
            "invoice.parent.subscription_details.subscription",
        )
    )

    expanded = get(desk, f"/v1/checkout/sessions/{session.id}?{expand}")

    assert complaints(expanded) == []
    assert expanded["subscription"]["latest_invoice"]["payments"]["data"][0]["status"] == "paid"
    assert expanded["invoice"]["parent"]["subscription_details"]["subscription"]["id"] == session.subscription
    assert complaints(get(desk, "/v1/account")) == []


def test_the_check_itself_notices_a_wrong_object(desk: Desk) -> None:
    good = get(desk, f"/v1/checkout/sessions/{desk.open().id}")

    assert complaints(good) == []
    assert complaints({**good, "status": "finished"}) != []
    assert complaints({**good, "total_details": {"amount_discount": "0", "amount_tax": 0}}) != []
    assert unknown_fields({**good, "paid": True}) == {"paid"}


def get(desk: Desk, path: str) -> dict[str, Any]:
    return desk.http.get(desk.server.base_url + path).json()
