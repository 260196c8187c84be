"""Lives of cards, portals, disputes and refunds, for the proofs that run through all lives."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.sandbox import desk as cards
from tests.sandbox.desk import Desk
from tests.sandbox.portal_visit import PortalVisit


def kept_cards(desk: Desk) -> None:
    v1 = desk.stripe.v1
    customer = v1.customers.create(
        {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
    )
    method = v1.payment_methods.create({"type": "card", "card": {"token": "tok_mastercard"}})
    v1.payment_methods.attach(method.id, {"customer": customer.id})
    v1.payment_methods.update(method.id, {"metadata": {"a": "b"}, "card": {"exp_month": 11}})
    v1.payment_methods.retrieve(method.id)
    v1.customers.payment_methods.list(customer.id)
    v1.customers.payment_methods.retrieve(customer.id, method.id)
    v1.payment_methods.list({"customer": customer.id})
    v1.payment_methods.detach(method.id)
    v1.payment_methods.create(
        {"type": "sepa_debit", "sepa_debit": {"iban": cards.IBAN_SETTLES.replace(" ", "")}}
    )


def intents_of_the_api(desk: Desk) -> None:
    intents = desk.stripe.v1.payment_intents
    shape: Any = {"amount": 2000, "currency": "usd"}
    waiting = intents.create({**shape, "description": "A gift", "metadata": {"a": "b"}})
    intents.update(waiting.id, {"amount": 2100, "payment_method": "pm_card_visa"})
    intents.confirm(waiting.id, {"return_url": "http://127.0.0.1:9/"})
    intents.cancel(intents.create(shape).id, {"cancellation_reason": "abandoned"})
    confirmed: Any = {**shape, "confirm": True, "return_url": "http://127.0.0.1:9/"}
    held = intents.create({**confirmed, "payment_method": "pm_card_visa", "capture_method": "manual"})
    intents.capture(held.id)
    intents.create({**confirmed, "payment_method": "pm_card_authenticationRequired"})
    with pytest.raises(stripe.CardError):
        intents.create({**confirmed, "payment_method": "pm_card_chargeDeclined"})
    with pytest.raises(stripe.CardError):
        intents.create({**confirmed, "payment_method": "pm_card_authenticationRequired", "off_session": True})


def setups_of_the_api(desk: Desk) -> None:
    setups = desk.stripe.v1.setup_intents
    customer = desk.stripe.v1.customers.create({})
    kept = setups.create({"customer": customer.id, "usage": "off_session"})
    setups.update(kept.id, {"description": "A card"})
    setups.confirm(kept.id, {"payment_method": "pm_card_visa"})
    setups.retrieve(kept.id)
    setups.list({"customer": customer.id})
    setups.cancel(setups.create({}).id)
    setups.create({"confirm": True, "payment_method": "pm_card_authenticationRequired"})
    with pytest.raises(stripe.CardError):
        setups.create({"confirm": True, "payment_method": "pm_card_chargeDeclined"})


def visits_of_the_portal(desk: Desk) -> None:
    configurations = desk.stripe.v1.billing_portal.configurations
    made = configurations.create(
        {"features": {"subscription_cancel": {"enabled": True, "mode": "immediately"}}, "name": "Now"}
    )
    configurations.update(made.id, {"features": {"payment_method_update": {"enabled": True}}})
    configurations.retrieve(made.id)
    subscription = desk.subscribe()
    visit = PortalVisit.open(desk, str(subscription.customer), return_url="http://127.0.0.1:9/manage")
    for card in (cards.PAYS, cards.DECLINED):
        visit.change_card(card)
    visit.change_card(cards.CHALLENGE)
    visit.answer_challenge("complete")
    visit.cancel(str(subscription.subscription), "period_end", feedback="unused", comment="Moved")
    visit.renew(str(subscription.subscription))
    visit.cancel(str(subscription.subscription), "now")
    PortalVisit.open(
        desk,
        str(subscription.customer),
        configuration=made.id,
        flow_data={
            "type": "payment_method_update",
            "after_completion": {
                "type": "redirect",
                "redirect": {"return_url": "http://127.0.0.1:9/updated"},
            },
        },
    ).change_card(cards.PAYS)


def disputes_to_their_ends(desk: Desk) -> None:
    disputes = desk.stripe.v1.disputes
    for evidence in ("winning_evidence", "losing_evidence"):
        opened = dispute_of(desk, desk.give(cards.DISPUTED))
        disputes.update(opened, {"metadata": {"a": "b"}})
        disputes.update(opened, {"evidence": {"uncategorized_text": evidence}})
    disputes.close(dispute_of(desk, desk.give(cards.DISPUTED)))
    for outcome in ("close", "prevent", "escalate"):
        inquiry = dispute_of(desk, desk.give(cards.INQUIRED))
        desk.control("disputes/close", dispute=inquiry, outcome=outcome)


def suspicions(desk: Desk) -> None:
    warned = desk.give(cards.SUSPECTED)
    warnings = desk.stripe.v1.radar.early_fraud_warnings
    warnings.retrieve(warnings.list({"payment_intent": str(warned.payment_intent)}).data[0].id)
    desk.stripe.v1.refunds.create({"payment_intent": str(warned.payment_intent)})


def refunds_that_change_later(desk: Desk) -> None:
    refunds = desk.stripe.v1.refunds
    for card in (cards.REFUND_FAILS, cards.REFUND_WAITS):
        refunds.create({"payment_intent": str(desk.give(card).payment_intent)})
    debited = desk.open()
    desk.pay(debited, iban=cards.IBAN_SETTLES)
    desk.control("clock", seconds=6 * 86400)
    refunds.create({"payment_intent": str(desk.again(debited).payment_intent), "amount": 300})
    desk.control("clock", seconds=4 * 86400)


def dispute_of(desk: Desk, session: stripe.checkout.Session) -> str:
    return desk.stripe.v1.disputes.list({"payment_intent": str(session.payment_intent)}).data[0].id


LIVES_OF_MONEY = (
    kept_cards,
    intents_of_the_api,
    setups_of_the_api,
    visits_of_the_portal,
    disputes_to_their_ends,
    suspicions,
    refunds_that_change_later,
)
