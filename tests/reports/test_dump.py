"""The dump says what is believed about money, sorted, and nothing about persons."""

from __future__ import annotations

import json

from flask import Flask

from donations.models.database import reading, writing
from donations.reports.dump import dump
from donations.runtime import current
from tests import factories
from tests.factories import NOON


def test_every_money_fact_is_there_sorted_by_stripes_ids_and_nothing_personal(app: Flask) -> None:
    with writing() as session:
        nina = factories.make_supporter(session, current().vault, email="nina@example.com", name="Nina")
        subscription = factories.make_subscription(session, nina, stripe_subscription_id="sub_a")
        later = factories.make_donation(session, nina, stripe_payment_intent_id="pi_b", fee=100)
        factories.make_donation(
            session, nina, stripe_payment_intent_id="pi_a", amount=1000, subscription=subscription
        )
        refund = factories.make_refund(session, later, amount=200)
        dispute = factories.make_dispute(session, later)

    with reading() as session:
        state = dump(session)

    text = json.dumps(state)
    assert "nina" not in text.lower()
    assert [each["payment_intent"] for each in state["donations"]] == ["pi_a", "pi_b"]
    assert state["donations"][0]["subscription"] == "sub_a"
    assert {name: state["donations"][1][name] for name in ("amount", "refunded", "fee", "net")} == {
        "amount": 5000,
        "refunded": 200,
        "fee": 100,
        "net": 4900,
    }
    assert state["donations"][1]["charged_at"] == int(NOON.timestamp())
    assert state["refunds"] == [
        {"id": refund.stripe_refund_id, "payment_intent": "pi_b", "amount": 200, "currency": "eur",
         "status": "succeeded"}
    ]  # fmt: skip
    assert [each["id"] for each in state["disputes"]] == [dispute.stripe_dispute_id]
    assert state["subscriptions"][0]["status"] == "active"


def test_gifts_that_staff_entered_come_last_on_both_databases(app: Flask) -> None:
    with writing() as session:
        nina = factories.make_supporter(session, current().vault)
        factories.make_donation(
            session, nina, source="offline", stripe_payment_intent_id=None, stripe_charge_id=None
        )
        factories.make_donation(session, nina, stripe_payment_intent_id="pi_a")

    with reading() as session:
        assert [each["payment_intent"] for each in dump(session)["donations"]] == ["pi_a", None]
