"""Disputes, inquiries and early warnings: what a bank takes, what it gives back, and in which order."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.sandbox import desk as cards
from tests.sandbox.desk import Desk

DAY = 86400


def dispute_of(desk: Desk, session: stripe.checkout.Session) -> stripe.Dispute:
    (dispute,) = desk.stripe.v1.disputes.list({"payment_intent": str(session.payment_intent)}).data
    return dispute


def charge_of(desk: Desk, session: stripe.checkout.Session) -> Any:
    expand = ["latest_charge.balance_transaction"]
    intent = desk.stripe.v1.payment_intents.retrieve(str(session.payment_intent), {"expand": expand})
    return intent.latest_charge


def moved(dispute: stripe.Dispute) -> list[tuple[int, int, int]]:
    return [(each.amount, each.fee, each.net) for each in dispute.balance_transactions]


def test_a_dispute_that_is_won_brings_the_money_back_without_the_fee(desk: Desk) -> None:
    dispute = dispute_of(desk, desk.give(cards.DISPUTED, amount=2000))
    happened = len(desk.event_types())

    desk.control("disputes/close", dispute=dispute.id, outcome="win")

    after = desk.stripe.v1.disputes.retrieve(dispute.id)
    assert after.status == "won"
    assert moved(after) == [(-2000, 1500, -3500), (2000, 0, 2000)]
    assert desk.event_types(happened) == [
        "charge.dispute.updated", "charge.updated", "charge.dispute.funds_reinstated",
        "charge.dispute.closed",
    ]  # fmt: skip


def test_a_dispute_that_is_lost_brings_nothing_back(desk: Desk) -> None:
    dispute = dispute_of(desk, desk.give(cards.DISPUTED, amount=2000))
    happened = len(desk.event_types())

    desk.control("disputes/close", dispute=dispute.id, outcome="lose")

    after = desk.stripe.v1.disputes.retrieve(dispute.id)
    assert (after.status, moved(after)) == ("lost", [(-2000, 1500, -3500)])
    assert desk.event_types(happened) == [
        "charge.dispute.updated", "charge.updated", "charge.dispute.closed",
    ]  # fmt: skip


def test_the_charge_stays_disputed_even_when_the_dispute_was_won(desk: Desk) -> None:
    session = desk.give(cards.DISPUTED)
    desk.control("disputes/close", dispute=dispute_of(desk, session).id, outcome="win")

    assert charge_of(desk, session).disputed is True
    refund = desk.stripe.v1.refunds.create({"payment_intent": str(session.payment_intent)})
    assert refund.status == "succeeded"


@pytest.mark.parametrize(("words", "status"), [("winning_evidence", "won"), ("losing_evidence", "lost")])
def test_evidence_decides_in_test_mode(desk: Desk, words: str, status: str) -> None:
    dispute = dispute_of(desk, desk.give(cards.DISPUTED))

    given = desk.stripe.v1.disputes.update(dispute.id, {"evidence": {"uncategorized_text": words}})

    assert (given.status, given.evidence_details.submission_count) == ("under_review", 1)
    assert desk.stripe.v1.disputes.retrieve(dispute.id).status == status


def test_evidence_that_is_only_staged_is_not_sent(desk: Desk) -> None:
    dispute = dispute_of(desk, desk.give(cards.DISPUTED))

    staged = desk.stripe.v1.disputes.update(
        dispute.id, {"evidence": {"uncategorized_text": "winning_evidence"}, "submit": False}
    )

    assert (staged.status, staged.evidence_details.has_evidence) == ("needs_response", True)
    assert desk.stripe.v1.disputes.retrieve(dispute.id).status == "needs_response"


def test_a_dispute_that_nobody_answers_is_lost_in_time(desk: Desk) -> None:
    dispute = dispute_of(desk, desk.give(cards.DISPUTED))

    desk.control("clock", seconds=9 * DAY)

    after = desk.stripe.v1.disputes.retrieve(dispute.id)
    assert (after.status, after.evidence_details.past_due) == ("lost", True)


def test_a_closed_dispute_takes_no_evidence_and_is_not_closed_again(desk: Desk) -> None:
    dispute = dispute_of(desk, desk.give(cards.DISPUTED))
    assert desk.stripe.v1.disputes.close(dispute.id).status == "lost"

    with pytest.raises(stripe.InvalidRequestError, match="already closed"):
        desk.stripe.v1.disputes.close(dispute.id)
    with pytest.raises(stripe.InvalidRequestError, match="already closed"):
        desk.stripe.v1.disputes.update(dispute.id, {"evidence": {"uncategorized_text": "Late"}})


def test_an_inquiry_takes_no_money_until_it_is_escalated(desk: Desk) -> None:
    inquiry = dispute_of(desk, desk.give(cards.INQUIRED, amount=2000))
    assert (inquiry.status, moved(inquiry), inquiry.is_charge_refundable) == (
        "warning_needs_response", [], True,
    )  # fmt: skip

    desk.control("disputes/close", dispute=inquiry.id, outcome="escalate")

    after = desk.stripe.v1.disputes.retrieve(inquiry.id)
    assert (after.status, moved(after)) == ("needs_response", [(-2000, 1500, -3500)])
    assert desk.event_types()[-2:] == ["charge.dispute.updated", "charge.dispute.funds_withdrawn"]


def test_a_whole_refund_ends_an_inquiry(desk: Desk) -> None:
    session = desk.give(cards.INQUIRED)
    inquiry = dispute_of(desk, session)

    desk.stripe.v1.refunds.create({"payment_intent": str(session.payment_intent)})

    assert desk.stripe.v1.disputes.retrieve(inquiry.id).status == "warning_closed"


@pytest.mark.parametrize(("outcome", "status"), [("close", "warning_closed"), ("prevent", "prevented")])
def test_an_inquiry_ends_without_a_dispute(desk: Desk, outcome: str, status: str) -> None:
    inquiry = dispute_of(desk, desk.give(cards.INQUIRED))

    closed = desk.control("disputes/close", dispute=inquiry.id, outcome=outcome)

    assert (closed["status"], closed["balance_transactions"]) == (status, [])


def test_what_is_left_of_a_gift_is_disputed_and_no_more(desk: Desk) -> None:
    session = desk.give(amount=1000)
    desk.stripe.v1.refunds.create({"payment_intent": str(session.payment_intent), "amount": 400})

    dispute = desk.control("disputes", payment_intent=session.payment_intent)
    again = desk.http.post(
        f"{desk.server.base_url}/_sandbox/disputes", json={"payment_intent": session.payment_intent}
    )

    assert dispute["amount"] == 600
    assert again.status_code == 400


def test_parts_of_a_payment_in_another_currency_add_up_to_the_whole(desk: Desk) -> None:
    session = desk.give(currency="usd", amount=1001)
    charged = charge_of(desk, session).balance_transaction.amount
    for amount in (333, 334):
        desk.stripe.v1.refunds.create({"payment_intent": str(session.payment_intent), "amount": amount})
    desk.control("disputes", payment_intent=session.payment_intent)

    transactions = desk.stripe.v1.balance_transactions.list({"limit": 100}).data

    assert charged == 921
    assert sum(each.amount for each in transactions) == 0
    assert {each.exchange_rate for each in transactions} == {0.92}
    assert all(each.net == each.amount - each.fee for each in transactions)


def test_an_early_warning_can_be_acted_on_until_the_gift_is_refunded(desk: Desk) -> None:
    session = desk.give(cards.SUSPECTED)
    warnings = desk.stripe.v1.radar.early_fraud_warnings
    (warning,) = warnings.list({"payment_intent": str(session.payment_intent)}).data
    assert warning.actionable is True

    desk.stripe.v1.refunds.create({"payment_intent": str(session.payment_intent)})

    assert warnings.retrieve(warning.id).actionable is False
    types = desk.event_types()
    assert types.index("radar.early_fraud_warning.created") < types.index("radar.early_fraud_warning.updated")
