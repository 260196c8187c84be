"""What a payment came to: its charge, the fee and what was settled, whichever object brings them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import structlog
from sqlalchemy import update

from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import BalanceSnapshot, ChargeSnapshot, PaymentIntentSnapshot
from donations.jobs import refresh_rollups
from donations.models import (
    Donation,
)
from donations.models.database import reading, writing
from donations.services import rollups
from donations.sync import charge as charges
from donations.sync.outcome import Relative
from tests.sync.desk import Desk, count_of, only, refused, rows
from tests.sync.lives import charge, ids, payment_intent

SETTLED: dict[str, object] = {
    "settlement_currency": "eur",
    "settled_amount": 5000,
    "fee_amount": 60,
    "net_amount": 4940,
}


@pytest.mark.parametrize("make", [charge, payment_intent])
@pytest.mark.parametrize(
    "damage",
    [
        {"settlement_currency": "usd"},
        {"settled_amount": 4999, "net_amount": 4939},
        {"fee_amount": 61, "net_amount": 4939},
        {"stripe_charge_id": Donation.stripe_charge_id + "x"},
    ],
    ids=lambda damage: next(iter(damage)),
)
def test_what_a_payment_came_to_is_brought_back_where_our_row_was_damaged(
    desk: Desk, make: Callable[..., ChargeSnapshot | PaymentIntentSnapshot], damage: dict[str, object]
) -> None:
    checkout, other = desk.checkout(), desk.checkout()
    for each in (checkout, other):
        desk.apply(payment_intent(each, is_settled=True))
    refresh_rollups.refresh_all(desk.runtime)
    before = only(Donation, checkout_id=checkout.id).settlement_recorded_at
    with writing() as session:
        session.execute(update(Donation).values(damage))

    with structlog.testing.capture_logs() as logs:
        for _ in range(2):
            desk.apply(make(checkout, is_settled=True))

    row, left = only(Donation, checkout_id=checkout.id), only(Donation, checkout_id=other.id)
    assert {name: getattr(row, name) for name in SETTLED} == SETTLED
    assert (row.stripe_charge_id, row.settlement_recorded_at) == (ids(checkout)["charge"], before)
    assert {name: getattr(left, name) for name in SETTLED} == SETTLED | {
        name: value for name, value in damage.items() if name in SETTLED
    }
    is_money = "stripe_charge_id" not in damage
    assert logs == [{"event": "settlement_corrected", "log_level": "warning"}] * is_money
    with reading() as session:
        assert rollups.is_built_for(session, desk.runtime.config.report_timezone) is not is_money


def test_the_same_of_a_charge_again_leaves_the_reports_alone(desk: Desk) -> None:
    checkout = desk.checkout()
    desk.apply(payment_intent(checkout))
    assert only(Donation).fee_amount is None

    for _ in range(2):
        desk.apply(payment_intent(checkout, is_settled=True))
        refresh_rollups.refresh_all(desk.runtime)
    desk.apply(charge(checkout))

    assert only(Donation).fee_amount == 60
    with reading() as session:
        assert rollups.is_built_for(session, desk.runtime.config.report_timezone)


def test_a_balance_that_does_not_add_up_is_refused(desk: Desk) -> None:
    checkout = desk.checkout()
    wrong = charge(checkout, balance=BalanceSnapshot("txn_2", "eur", 5000, 60, 4941))

    with refused("the balance transaction does not add up"):
        desk.apply(payment_intent(checkout, charge=wrong))


@pytest.mark.parametrize("make", [charge, payment_intent])
def test_a_fee_that_comes_later_is_written_down_with_the_moment(
    desk: Desk, make: Callable[..., ChargeSnapshot | PaymentIntentSnapshot]
) -> None:
    checkout = desk.checkout()

    desk.apply(charge(checkout, is_settled=True))
    assert count_of(Donation) == 0
    desk.apply(payment_intent(checkout))
    before = desk.clock.time
    desk.apply(make(checkout, is_settled=True))

    assert only(Donation).fee_amount == 60
    assert before < only(Donation).settlement_recorded_at <= desk.clock.time


def test_a_charge_has_its_payment_looked_at_until_that_is_recorded(desk: Desk) -> None:
    checkout = desk.checkout()
    known, other = charge(checkout), charge(checkout, payment_intent_id="pi_other")

    with reading() as session:
        before = charges.relatives(session, known)
    desk.apply(payment_intent(checkout))

    payment = Relative(ObjectKind.PAYMENT_INTENT, ids(checkout)["payment_intent"])
    with reading() as session:
        assert before == [payment]
        assert charges.relatives(session, known) == []
        assert charges.relatives(session, other) == [replace(payment, stripe_id="pi_other")]
        assert charges.relatives(session, charge(checkout, payment_intent_id=None)) == []


def test_a_declined_charge_of_the_same_payment_is_not_taken_for_the_one_that_paid(desk: Desk) -> None:
    checkout = desk.checkout()
    desk.apply(payment_intent(checkout, charge=None))

    desk.apply(replace(charge(checkout), id="ch_declined", status="failed"))

    assert only(Donation).stripe_charge_id is None


def test_a_charge_without_a_payment_is_set_aside(desk: Desk) -> None:
    checkout = desk.checkout()

    applied = desk.apply(charge(checkout, payment_intent_id=None))

    assert applied.note == "not ours: the charge belongs to no payment"


def test_news_of_a_charge_has_a_payment_looked_at_that_was_not_recorded(desk: Desk) -> None:
    checkout = desk.checkout()
    paid = payment_intent(checkout)
    assert paid.charge is not None
    desk.tell(paid, paid.charge)
    desk.deliver(ObjectKind.CHARGE, paid.charge.id)

    desk.settle()

    assert count_of(Donation) == 1


def test_a_charge_that_is_named_later_is_noted_on_its_donation_alone(desk: Desk) -> None:
    first, other = desk.checkout(), desk.checkout(reference="other", nonce="other", idempotency_key="other")
    for checkout in (first, other):
        desk.apply(payment_intent(checkout, charge=None))
    assert [row.stripe_charge_id for row in all_donations()] == [None, None]

    desk.apply(payment_intent(first))

    assert [row.stripe_charge_id for row in all_donations()] == [ids(first)["charge"], None]


def all_donations() -> list[Donation]:
    with writing() as session:
        return rows(session, Donation)
