"""Only a payment makes a donation, and only with the money that was agreed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from donations.domain.checkouts import CheckoutStatus
from donations.domain.errors import Mismatch
from donations.domain.gifts import Frequency
from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import BalanceSnapshot, InvoiceLink
from donations.models import Checkout, Donation, OutboxMessage, Subscription, Supporter
from donations.models.database import writing
from donations.models.vault import Place
from donations.services import supporters
from donations.services.supporters import contact_of
from donations.sync.outcome import NotYet
from tests import factories
from tests.factories import NOON
from tests.sync.desk import Desk, count_of, only
from tests.sync.lives import charge, ids, payment_intent, subscription


def test_a_payment_that_succeeded_is_one_donation_and_one_receipt(desk: Desk) -> None:
    checkout = desk.checkout()

    for _ in range(2):
        desk.apply(payment_intent(checkout, is_settled=True))

    donation, receipt = only(Donation), only(OutboxMessage)
    assert (donation.amount, donation.currency, donation.frequency) == (5000, "eur", Frequency.ONCE)
    assert (donation.fee_amount, donation.net_amount, donation.settlement_currency) == (60, 4940, "eur")
    assert (receipt.kind, receipt.cause) == ("receipt", ids(checkout)["payment_intent"])
    assert only(Checkout).status is CheckoutStatus.PAID


def test_the_day_of_a_donation_is_that_of_the_reporting_zone(desk: Desk) -> None:
    late = NOON.replace(hour=23, minute=30)
    checkout = desk.checkout()

    desk.apply(payment_intent(checkout, charge=charge(checkout, created_at=late)))

    assert only(Donation).charged_on == (NOON + timedelta(days=1)).date()


@pytest.mark.parametrize("status", ["requires_payment_method", "processing", "requires_action", "canceled"])
def test_a_payment_that_has_not_succeeded_is_no_donation(desk: Desk, status: str) -> None:
    checkout = desk.checkout()

    desk.apply(payment_intent(checkout, status=status, amount_received=0))

    assert count_of(Donation) == 0
    assert only(Checkout).status is not CheckoutStatus.PAID


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_received": 4999},
        {"amount_received": 5001},
        {"currency": "usd"},
        {"reference": "a-reference-of-nobody's"},
        {"is_livemode": True},
        {"status": "half_done"},
    ],
    ids=["less", "more", "another currency", "unknown reference", "live", "unknown status"],
)
def test_a_payment_that_was_not_agreed_is_refused(desk: Desk, changes: dict[str, object]) -> None:
    checkout = desk.checkout()

    with pytest.raises(Mismatch):
        desk.apply(payment_intent(checkout, **changes))

    assert count_of(Donation) == 0


def test_a_second_payment_cannot_claim_the_checkout_of_another(desk: Desk) -> None:
    checkout = desk.checkout()
    desk.apply(payment_intent(checkout))

    with pytest.raises(Mismatch):
        desk.apply(payment_intent(checkout, id="pi_other"))

    assert count_of(Donation) == 1


def test_a_payment_alone_cannot_claim_a_recurring_checkout(desk: Desk) -> None:
    checkout = desk.checkout(Frequency.MONTHLY)

    with pytest.raises(Mismatch):
        desk.apply(payment_intent(checkout, reference=checkout.reference, invoice=None))


def test_what_was_charged_is_never_rewritten(desk: Desk) -> None:
    checkout = desk.checkout(Frequency.MONTHLY)
    desk.apply(subscription(checkout))
    desk.apply(payment_intent(checkout))

    with pytest.raises(Mismatch):
        desk.apply(payment_intent(checkout, amount_received=1))

    assert only(Donation).amount == 5000


def test_the_fee_may_come_later_and_is_written_once(desk: Desk) -> None:
    checkout = desk.checkout()
    desk.apply(payment_intent(checkout))
    assert only(Donation).fee_amount is None

    desk.apply(payment_intent(checkout, is_settled=True))
    other = charge(checkout, balance=BalanceSnapshot("txn_2", "usd", 10, 1, 9))
    desk.apply(other)

    assert (only(Donation).fee_amount, only(Donation).settlement_currency) == (60, "eur")


def test_a_balance_that_does_not_add_up_is_refused(desk: Desk) -> None:
    checkout = desk.checkout()
    wrong = charge(checkout, balance=BalanceSnapshot("txn_2", "eur", 5000, 60, 4941))

    with pytest.raises(Mismatch):
        desk.apply(payment_intent(checkout, charge=wrong))


def test_the_newsletter_and_the_name_are_taken_over_when_the_money_is_there(desk: Desk) -> None:
    with writing() as session:
        supporter = factories.make_supporter(session, desk.runtime.vault, email="nina@example.com")
        key = supporters.data_key_of(supporter, desk.runtime.vault)
        checkout = factories.make_checkout(session, supporter, wants_newsletter=True)
        checkout.name_sealed = key.seal("Nina", Place("checkout", checkout.reference, "name_sealed"))

    desk.apply(payment_intent(checkout, status="processing", amount_received=0))
    assert only(Supporter).wants_newsletter is False
    desk.apply(payment_intent(checkout))

    assert only(Supporter).wants_newsletter is True
    assert contact_of(only(Supporter), desk.runtime.vault).name == "Nina"


def test_a_name_that_cannot_be_read_does_not_hold_up_the_money(desk: Desk) -> None:
    checkout = desk.checkout(name_sealed=b"\x01not sealed by any key")

    desk.apply(payment_intent(checkout))

    assert count_of(Donation) == 1


def test_a_payment_with_no_trace_of_us_is_set_aside(desk: Desk) -> None:
    checkout = desk.checkout()

    applied = desk.apply(payment_intent(checkout, reference=None))

    assert applied.note == "not ours: the payment has no reference and no invoice of a subscription"
    assert count_of(Donation) == 0


def test_a_recurring_payment_waits_for_its_subscription(desk: Desk) -> None:
    checkout = desk.checkout(Frequency.MONTHLY)

    with pytest.raises(NotYet) as waiting:
        desk.apply(payment_intent(checkout))

    assert waiting.value.parent.kind is ObjectKind.SUBSCRIPTION
    assert waiting.value.parent.stripe_id == ids(checkout)["subscription"]


def test_a_payment_of_someone_elses_subscription_is_set_aside_once_that_is_known(desk: Desk) -> None:
    checkout = desk.checkout(Frequency.MONTHLY)
    foreign = InvoiceLink("in_x", "sub_x", None, None)
    desk.tell(
        payment_intent(checkout, id="pi_x", invoice=foreign),
        subscription(checkout, id="sub_x", reference=None, latest_invoice_id=None),
    )
    desk.deliver(ObjectKind.PAYMENT_INTENT, "pi_x")

    desk.settle()

    assert desk.ticket(ObjectKind.PAYMENT_INTENT, "pi_x").problem == (
        "not ours: the payment's subscription is not ours"
    )
    assert count_of(Donation) == 0


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_first_payment_is_the_earliest_in_whatever_order_they_come(
    desk: Desk, order: tuple[int, int]
) -> None:
    checkout = desk.checkout(Frequency.MONTHLY)
    desk.apply(subscription(checkout))
    first = payment_intent(checkout)
    renewed = charge(checkout, id="ch_2", payment_intent_id="pi_2", created_at=NOON + timedelta(days=31))
    second = payment_intent(checkout, id="pi_2", charge=renewed, amount_received=7000)

    for number in order:
        desk.apply((first, second)[number])

    assert only(Subscription).first_paid_at == NOON + timedelta(minutes=5)
    assert count_of(Donation, subscription_id=only(Subscription).id) == 2


def test_a_recurring_payment_in_another_currency_is_refused(desk: Desk) -> None:
    checkout = desk.checkout(Frequency.MONTHLY)
    desk.apply(subscription(checkout))

    with pytest.raises(Mismatch):
        desk.apply(payment_intent(checkout, currency="usd"))


def test_a_refusal_before_the_reader_was_through_leaves_the_checkout_open(desk: Desk) -> None:
    checkout = desk.checkout()

    desk.apply(payment_intent(checkout, status="requires_payment_method", amount_received=0))

    assert only(Checkout).status is CheckoutStatus.OPEN


def test_a_refusal_by_the_bank_afterwards_makes_it_unpaid_and_a_later_success_paid(desk: Desk) -> None:
    checkout = desk.checkout(status=CheckoutStatus.PROCESSING)

    desk.apply(payment_intent(checkout, status="requires_payment_method", amount_received=0))
    assert only(Checkout).status is CheckoutStatus.UNPAID
    desk.apply(payment_intent(checkout))

    assert only(Checkout).status is CheckoutStatus.PAID


def test_money_that_comes_for_an_expired_checkout_is_recorded_all_the_same(desk: Desk) -> None:
    checkout = desk.checkout(status=CheckoutStatus.EXPIRED, ended_at=NOON)

    applied = desk.apply(payment_intent(checkout))

    assert (count_of(Donation), only(Checkout).status) == (1, CheckoutStatus.EXPIRED)
    assert applied.note == "paid, yet its checkout stays expired"


def test_the_charge_alone_fills_in_the_fee_but_makes_no_donation(desk: Desk) -> None:
    checkout = desk.checkout()

    desk.apply(charge(checkout, is_settled=True))
    assert count_of(Donation) == 0
    desk.apply(payment_intent(checkout))
    desk.apply(charge(checkout, is_settled=True))

    assert only(Donation).fee_amount == 60


def test_a_declined_charge_of_the_same_payment_is_not_taken_for_the_one_that_paid(desk: Desk) -> None:
    checkout = desk.checkout()
    desk.apply(payment_intent(checkout, charge=None))

    desk.apply(replace(charge(checkout), id="ch_declined", status="failed"))

    assert only(Donation).stripe_charge_id is None
