"""Fees, settlement, refunds: what the account really gets, and how much may go back."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.sandbox import desk as cards
from tests.sandbox.desk import Desk


def charge_of(desk: Desk, session: stripe.checkout.Session) -> Any:
    expand = ["latest_charge.balance_transaction", "latest_charge.refunds"]
    return desk.stripe.v1.payment_intents.retrieve(
        str(session.payment_intent), {"expand": expand}
    ).latest_charge


@pytest.mark.parametrize(
    ("currency", "amount", "settled", "fee", "rate"),
    [
        ("eur", 1000, 1000, 40, None),
        ("usd", 1000, 920, 39, 0.92),
        ("jpy", 1000, 620, 34, 0.0062),
    ],
)
def test_the_fee_is_taken_in_the_settlement_currency(
    desk: Desk, currency: str, amount: int, settled: int, fee: int, rate: float | None
) -> None:
    transaction = charge_of(desk, desk.give(currency=currency, amount=amount)).balance_transaction

    assert (transaction.amount, transaction.fee, transaction.net) == (settled, fee, settled - fee)
    assert (transaction.currency, transaction.exchange_rate) == ("eur", rate)


def test_the_balance_transaction_of_a_gift_may_come_later(make_desk: Any) -> None:
    desk: Desk = make_desk(settle_delay=3600)
    session = desk.give()
    assert charge_of(desk, session).balance_transaction is None
    assert "charge.updated" not in desk.event_types()

    desk.control("clock", seconds=3600)

    assert charge_of(desk, session).balance_transaction.fee == 40
    assert desk.event_types()[-1] == "charge.updated"


def test_refunds_add_up_and_stop_at_what_was_paid(desk: Desk) -> None:
    session = desk.give(amount=1000)
    refunds = desk.stripe.v1.refunds
    intent = str(session.payment_intent)

    refunds.create({"payment_intent": intent, "amount": 300})
    after_part = charge_of(desk, session)
    with pytest.raises(
        stripe.InvalidRequestError, match=r"€8.00.*greater than unrefunded amount.*€7.00"
    ) as caught:
        refunds.create({"payment_intent": intent, "amount": 800})
    refunds.create({"charge": after_part.id})
    after_all = charge_of(desk, session)

    assert caught.value.param == "amount"
    assert (after_part.amount_refunded, after_part.refunded) == (300, False)
    assert (after_all.amount_refunded, after_all.refunded) == (1000, True)
    assert sorted(refund.amount for refund in after_all.refunds.data) == [300, 700]
    with pytest.raises(stripe.InvalidRequestError) as again:
        refunds.create({"payment_intent": intent})
    assert again.value.code == "charge_already_refunded"


def test_a_refund_leaves_the_balance_and_keeps_the_fee(desk: Desk) -> None:
    session = desk.give(amount=1000)

    refund = desk.stripe.v1.refunds.create(
        {
            "payment_intent": str(session.payment_intent),
            "reason": "requested_by_customer",
            "expand": ["balance_transaction"],
        }
    )

    assert (refund.status, refund.reason, refund.amount) == ("succeeded", "requested_by_customer", 1000)
    assert (refund.balance_transaction.net, refund.balance_transaction.fee) == (-1000, 0)


def test_nothing_is_refunded_twice_by_one_key(desk: Desk) -> None:
    session = desk.give(amount=1000)
    parameters = {"payment_intent": str(session.payment_intent), "amount": 400}

    first = desk.stripe.v1.refunds.create(parameters, {"idempotency_key": "r"})
    second = desk.stripe.v1.refunds.create(parameters, {"idempotency_key": "r"})

    assert first.id == second.id
    assert charge_of(desk, session).amount_refunded == 400


def test_an_unpaid_or_disputed_payment_is_not_refunded(desk: Desk) -> None:
    waiting = desk.open()
    desk.pay(waiting, iban=cards.IBAN_SETTLES)
    disputed = desk.give(cards.DISPUTED)

    for session in (desk.again(waiting), disputed):
        with pytest.raises(stripe.InvalidRequestError):
            desk.stripe.v1.refunds.create({"payment_intent": str(session.payment_intent)})


def test_a_dispute_takes_the_amount_and_a_fee(desk: Desk) -> None:
    session = desk.give(cards.DISPUTED, amount=2000)

    dispute = desk.stripe.v1.disputes.list({"payment_intent": str(session.payment_intent)}).data[0]

    assert (dispute.status, dispute.reason, dispute.amount) == ("needs_response", "fraudulent", 2000)
    assert [(moved.amount, moved.fee, moved.net) for moved in dispute.balance_transactions] == [
        (-2000, 1500, -3500)
    ]
    assert charge_of(desk, session).disputed is True
