"""Payment methods, intents and setups through the API: what Stripe's own tools begin with."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.sandbox.desk import Desk

GIFT: Any = {
    "amount": 2000,
    "currency": "usd",
    "confirm": True,
    "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
}


def test_a_named_test_card_becomes_a_method_of_its_own_each_time(desk: Desk) -> None:
    attach = desk.stripe.v1.payment_methods.attach
    customers = [desk.stripe.v1.customers.create({}).id for _ in range(2)]

    methods = [attach("pm_card_visa", {"customer": customer}) for customer in customers]

    assert methods[0].id != methods[1].id
    assert [method.customer for method in methods] == customers
    assert methods[0].card is not None
    assert methods[0].card.last4 == "4242"


def test_a_customer_may_be_born_with_a_card(desk: Desk) -> None:
    customer = desk.stripe.v1.customers.create(
        {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
    )

    (kept,) = desk.stripe.v1.customers.payment_methods.list(customer.id).data
    assert customer.invoice_settings.default_payment_method == kept.id
    assert desk.event_types() == ["customer.created", "payment_method.attached"]


def test_a_default_must_be_the_customers_own(desk: Desk) -> None:
    customer = desk.stripe.v1.customers.create({})
    stranger = desk.stripe.v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}})

    with pytest.raises(stripe.InvalidRequestError) as caught:
        desk.stripe.v1.customers.update(
            customer.id, {"invoice_settings": {"default_payment_method": stranger.id}}
        )

    assert caught.value.code == "resource_missing"
    assert caught.value.param == "invoice_settings[default_payment_method]"


def test_a_detached_method_is_nobodys_default_and_is_never_used_again(desk: Desk) -> None:
    v1 = desk.stripe.v1
    customer = v1.customers.create(
        {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
    )
    method = str(customer.invoice_settings.default_payment_method)

    v1.payment_methods.detach(method)

    assert v1.customers.retrieve(customer.id).invoice_settings.default_payment_method is None
    assert desk.event_types()[-2:] == ["payment_method.detached", "customer.updated"]
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        v1.payment_methods.attach(method, {"customer": customer.id})
    with pytest.raises(stripe.InvalidRequestError, match="not be used again"):
        v1.payment_intents.create({**GIFT, "payment_method": method})


def test_a_card_that_the_bank_refuses_is_not_kept(desk: Desk) -> None:
    customer = desk.stripe.v1.customers.create({})

    with pytest.raises(stripe.CardError) as caught:
        desk.stripe.v1.payment_methods.attach("pm_card_chargeDeclined", {"customer": customer.id})

    assert (caught.value.http_status, caught.value.code) == (402, "card_declined")
    assert desk.stripe.v1.customers.payment_methods.list(customer.id).data == []


def test_a_declined_intent_is_an_error_that_leaves_a_failed_charge(desk: Desk) -> None:
    with pytest.raises(stripe.CardError) as caught:
        desk.stripe.v1.payment_intents.create({**GIFT, "payment_method": "pm_card_chargeDeclined"})

    error = caught.value.error
    assert error is not None
    assert (error.code, error.decline_code) == ("card_declined", "generic_decline")
    intent = desk.stripe.v1.payment_intents.retrieve(error.payment_intent["id"])
    assert (intent.status, intent.latest_charge) == ("requires_payment_method", error.charge)
    assert desk.event_types() == [
        "payment_intent.created", "charge.failed", "payment_intent.payment_failed",
    ]  # fmt: skip


def test_a_declined_intent_can_be_paid_with_another_card(desk: Desk) -> None:
    intents = desk.stripe.v1.payment_intents
    with pytest.raises(stripe.CardError):
        intents.create({**GIFT, "payment_method": "pm_card_chargeDeclined"})
    (intent,) = intents.list().data

    paid = intents.confirm(intent.id, {"payment_method": "pm_card_visa"})

    assert (paid.status, paid.amount_received, paid.last_payment_error) == ("succeeded", 2000, None)


def test_an_intent_waits_for_a_method_and_can_be_canceled_until_it_is_paid(desk: Desk) -> None:
    intents = desk.stripe.v1.payment_intents
    waiting = intents.create({"amount": 500, "currency": "eur"})
    assert waiting.status == "requires_payment_method"
    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method") as caught:
        intents.confirm(waiting.id)
    assert caught.value.code == "payment_intent_unexpected_state"

    assert intents.cancel(waiting.id).status == "canceled"

    paid = intents.create({**GIFT, "payment_method": "pm_card_visa"})
    for refused in (lambda: intents.cancel(paid.id), lambda: intents.confirm(paid.id)):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            refused()
        assert caught.value.code == "payment_intent_unexpected_state"


def test_what_checkout_waits_for_is_not_canceled_beside_it(desk: Desk) -> None:
    session = desk.open()
    desk.pay(session, "4000000000000002")
    intent = str(desk.again(session).payment_intent)

    with pytest.raises(stripe.InvalidRequestError, match="Expire the Checkout Session"):
        desk.stripe.v1.payment_intents.cancel(intent)


def test_money_that_is_held_is_refunded_only_after_it_was_captured(desk: Desk) -> None:
    intents = desk.stripe.v1.payment_intents
    held = intents.create({**GIFT, "payment_method": "pm_card_visa", "capture_method": "manual"})
    assert (held.status, held.amount_capturable) == ("requires_capture", 2000)
    with pytest.raises(stripe.InvalidRequestError):
        desk.stripe.v1.refunds.create({"charge": str(held.latest_charge)})

    captured = intents.capture(held.id)

    assert (captured.status, captured.amount_received, captured.amount_capturable) == ("succeeded", 2000, 0)
    assert desk.stripe.v1.refunds.create({"payment_intent": held.id}).status == "succeeded"


def test_nobody_is_there_to_be_asked_when_a_card_is_charged_off_session(desk: Desk) -> None:
    given: Any = {**GIFT, "payment_method": "pm_card_authenticationRequired"}
    assert desk.stripe.v1.payment_intents.create(given).status == "requires_action"

    with pytest.raises(stripe.CardError) as caught:
        desk.stripe.v1.payment_intents.create({**given, "off_session": True})

    assert caught.value.code == "authentication_required"


def test_a_setup_keeps_a_card_without_a_payment(desk: Desk) -> None:
    customer = desk.stripe.v1.customers.create({})

    setup = desk.stripe.v1.setup_intents.create(
        {"customer": customer.id, "payment_method": "pm_card_visa", "confirm": True}
    )

    assert setup.status == "succeeded"
    kept = desk.stripe.v1.payment_methods.retrieve(str(setup.payment_method))
    assert kept.customer == customer.id
    assert desk.event_types()[1:] == [
        "setup_intent.created", "setup_intent.succeeded", "payment_method.attached",
    ]  # fmt: skip
    assert desk.state()["objects"]["charge"] == []
