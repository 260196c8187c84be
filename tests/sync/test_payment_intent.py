"""Only a payment makes a donation, and only with the money that was agreed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from donations.domain.checkouts import CheckoutStatus
from donations.domain.gifts import Frequency
from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import InvoiceLink
from donations.models import (
    Checkout,
    Donation,
    DonationSource,
    Movement,
    Origin,
    OutboxMessage,
    Subscription,
    Supporter,
)
from donations.models.database import db, writing
from donations.models.vault import Place
from donations.services import supporters
from donations.services.supporters import contact_of
from donations.sync.outcome import NotYet
from tests import factories
from tests.factories import NOON
from tests.sync.desk import Desk, count_of, only, refused
from tests.sync.lives import charge, ids, payment_intent, subscription


def test_a_payment_that_succeeded_is_one_donation_and_one_receipt(desk: Desk) -> None:
    checkout = desk.checkout()

    for _ in range(2):
        assert desk.apply(payment_intent(checkout, is_settled=True)).note is None

    donation, receipt = only(Donation), only(OutboxMessage)
    assert (donation.amount, donation.currency, donation.frequency) == (5000, "eur", Frequency.ONCE)
    assert (donation.fee_amount, donation.net_amount, donation.settlement_currency) == (60, 4940, "eur")
    assert (receipt.kind, receipt.cause) == ("receipt", ids(checkout)["payment_intent"])
    assert only(Checkout).status is CheckoutStatus.PAID


def test_a_donation_that_is_new_is_one_statement_with_all_of_its_charge(desk: Desk) -> None:
    checkout = desk.checkout()
    said: list[str] = []
    listen = lambda _c, _u, statement, *_: said.append(statement)  # noqa: E731

    event.listen(db.engine, "before_cursor_execute", listen)
    desk.apply(payment_intent(checkout, is_settled=True))
    event.remove(db.engine, "before_cursor_execute", listen)

    assert [each.split()[0] for each in said if " donation" in each.split("(")[0]] == ["INSERT"]
    donation = only(Donation)
    assert donation.stripe_charge_id == ids(checkout)["charge"]
    assert (donation.fee_amount, donation.settlement_currency) == (60, "eur")


def test_the_day_of_a_donation_is_that_of_the_reporting_zone(desk: Desk) -> None:
    late = NOON.replace(hour=23, minute=30)
    checkout = desk.checkout()

    desk.apply(payment_intent(checkout, charge=charge(checkout, created_at=late)))

    assert only(Donation).charged_on == (NOON + timedelta(days=1)).date()


def test_the_day_on_which_a_gift_began_to_count_is_that_of_the_reporting_zone(desk: Desk) -> None:
    late = NOON.replace(hour=23, minute=30)
    checkout = desk.checkout(Frequency.MONTHLY)
    desk.apply(subscription(checkout))

    desk.apply(payment_intent(checkout, charge=charge(checkout, created_at=late)))

    assert only(Movement).occurred_on == (NOON + timedelta(days=1)).date()


@pytest.mark.parametrize("status", ["requires_payment_method", "processing", "requires_action", "canceled"])
def test_a_payment_that_has_not_succeeded_is_no_donation(desk: Desk, status: str) -> None:
    checkout = desk.checkout()

    desk.apply(payment_intent(checkout, status=status, amount_received=0))

    assert count_of(Donation) == 0
    assert only(Checkout).status is not CheckoutStatus.PAID


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"amount_received": 4999}, "the payment has another amount than was agreed"),
        ({"amount_received": 5001}, "the payment has another amount than was agreed"),
        ({"currency": "usd"}, "the payment has another currency than was agreed"),
        ({"reference": "a-reference-of-nobody's"}, "no checkout has the payment's reference"),
        ({"is_livemode": True}, "a live object in the other mode"),
        ({"status": "half_done"}, "a payment that is half_done is not known"),
    ],
    ids=["less", "more", "another currency", "unknown reference", "live", "unknown status"],
)
def test_a_payment_that_was_not_agreed_is_refused(
    desk: Desk, changes: dict[str, object], reason: str
) -> None:
    checkout = desk.checkout()

    with refused(reason):
        desk.apply(payment_intent(checkout, **changes))

    assert count_of(Donation) == 0


def test_a_second_payment_cannot_claim_the_checkout_of_another(desk: Desk) -> None:
    checkout = desk.checkout()
    desk.apply(payment_intent(checkout))

    with refused("the checkout has another payment"):
        desk.apply(payment_intent(checkout, id="pi_other"))

    assert count_of(Donation) == 1


def test_a_payment_alone_cannot_claim_a_recurring_checkout(desk: Desk) -> None:
    checkout = desk.checkout(Frequency.MONTHLY)

    with refused("a payment by itself claims a recurring checkout"):
        desk.apply(payment_intent(checkout, reference=checkout.reference, invoice=None))


def test_what_was_charged_is_never_rewritten(desk: Desk) -> None:
    checkout = desk.checkout(Frequency.MONTHLY)
    desk.apply(subscription(checkout))
    desk.apply(payment_intent(checkout))

    with refused("the payment was recorded with another amount"):
        desk.apply(payment_intent(checkout, amount_received=1))

    assert only(Donation).amount == 5000


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


@pytest.mark.parametrize(
    ("reference", "note"),
    [
        ("a-reference-of-nobody's", "not ours: the payment's subscription is not ours"),
        (None, "the payment's reference is ours, but its subscription is not"),
    ],
    ids=["theirs", "ours"],
)
def test_a_payment_of_someone_elses_subscription_is_judged_by_its_invoices_reference(
    desk: Desk, reference: str | None, note: str
) -> None:
    checkout = desk.checkout(Frequency.MONTHLY)
    desk.tell(
        payment_intent(
            checkout,
            id="pi_x",
            invoice=InvoiceLink("in_x", "sub_x", reference or checkout.reference, None),
        ),
        subscription(checkout, id="sub_x", reference=None, latest_invoice_id=None),
    )
    desk.deliver(ObjectKind.PAYMENT_INTENT, "pi_x")

    desk.settle()

    assert desk.ticket(ObjectKind.PAYMENT_INTENT, "pi_x").problem == note
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

    with refused("the payment has another currency than was agreed"):
        desk.apply(payment_intent(checkout, currency="usd"))


def test_a_refusal_before_the_reader_was_through_leaves_the_checkout_open(desk: Desk) -> None:
    checkout = desk.checkout()

    desk.apply(payment_intent(checkout, status="requires_payment_method", amount_received=0))

    assert only(Checkout).status is CheckoutStatus.OPEN


def test_a_refusal_by_the_bank_afterwards_makes_it_unpaid_and_a_later_success_paid(desk: Desk) -> None:
    checkout = desk.checkout(status=CheckoutStatus.PROCESSING)

    desk.apply(payment_intent(checkout, status="requires_payment_method", amount_received=0))
    assert (only(Checkout).status, only(Checkout).ended_at is None) == (CheckoutStatus.UNPAID, False)
    desk.apply(payment_intent(checkout))

    assert only(Checkout).status is CheckoutStatus.PAID


def test_money_that_comes_for_an_expired_checkout_is_recorded_all_the_same(desk: Desk) -> None:
    checkout = desk.checkout(status=CheckoutStatus.EXPIRED, ended_at=NOON)

    applied = desk.apply(payment_intent(checkout))

    assert (count_of(Donation), only(Checkout).status) == (1, CheckoutStatus.EXPIRED)
    assert applied.note == "paid, yet its checkout stays expired"


def test_all_of_a_payment_is_written_down(desk: Desk) -> None:
    checkout = desk.checkout()
    before = desk.clock.time

    desk.apply(payment_intent(checkout, is_settled=True))

    row = only(Donation)
    known = ids(checkout)
    assert (row.supporter_id, row.checkout_id, row.subscription_id) == (
        checkout.supporter_id,
        checkout.id,
        None,
    )
    assert (row.source, row.refunded_amount, row.stripe_invoice_id) == (DonationSource.STRIPE, 0, None)
    assert (row.stripe_payment_intent_id, row.stripe_charge_id) == (known["payment_intent"], known["charge"])
    assert (row.charged_at, row.charged_on) == (NOON + timedelta(minutes=5), NOON.date())
    assert before < row.recorded_at <= desk.clock.time
    assert (row.settled_amount, row.settlement_recorded_at) == (5000, row.recorded_at)
    assert only(Checkout).stripe_payment_intent_id == known["payment_intent"]
    assert before < only(Checkout).ended_at <= desk.clock.time


def test_all_of_a_payment_of_a_recurring_gift_is_written_down(desk: Desk) -> None:
    checkout = desk.checkout(Frequency.MONTHLY, campaign="spring")
    desk.apply(subscription(checkout))

    desk.apply(payment_intent(checkout))

    row = only(Donation)
    assert (row.supporter_id, row.checkout_id) == (checkout.supporter_id, checkout.id)
    assert row.subscription_id == only(Subscription).id
    assert row.stripe_invoice_id == ids(checkout)["invoice"]
    assert row.frequency is Frequency.MONTHLY
    assert row.origin_id == only(Origin, campaign="spring").id
    assert only(Checkout).stripe_payment_intent_id is None


def test_without_its_charge_a_payment_counts_from_when_it_was_made(desk: Desk) -> None:
    checkout = desk.checkout()

    desk.apply(payment_intent(checkout, charge=None, created_at=NOON - timedelta(days=2)))

    row = only(Donation)
    assert (row.charged_at, row.charged_on) == (
        NOON - timedelta(days=2),
        (NOON - timedelta(days=2)).date(),
    )
    assert row.stripe_charge_id is None


@pytest.mark.parametrize(
    ("days", "frequency"),
    [(28, Frequency.MONTHLY), (32, Frequency.MONTHLY), (33, Frequency.ANNUAL), (365, Frequency.ANNUAL)],
)
def test_a_payment_is_of_the_rhythm_that_it_was_paid_for(desk: Desk, days: int, frequency: Frequency) -> None:
    checkout = desk.checkout(Frequency.MONTHLY)
    desk.apply(subscription(checkout))
    paid = payment_intent(checkout)
    assert paid.invoice is not None

    desk.apply(replace(paid, invoice=replace(paid.invoice, covers=timedelta(days=days))))

    assert only(Donation).frequency is frequency


@pytest.mark.parametrize("received", [0, -1])
def test_a_recurring_payment_of_nothing_is_refused(desk: Desk, received: int) -> None:
    checkout = desk.checkout(Frequency.MONTHLY)
    desk.apply(subscription(checkout))

    with refused("the payment succeeded with nothing received"):
        desk.apply(payment_intent(checkout, amount_received=received))


def test_a_recurring_payment_of_the_least_amount_is_recorded(desk: Desk) -> None:
    checkout = desk.checkout(Frequency.MONTHLY)
    desk.apply(subscription(checkout))

    desk.apply(payment_intent(checkout, amount_received=1))

    assert only(Donation).amount == 1


def test_a_reference_of_ours_on_someone_elses_subscription_is_refused(desk: Desk) -> None:
    checkout = desk.checkout(Frequency.MONTHLY)
    forged = InvoiceLink("in_x", "sub_x", checkout.reference, None)
    desk.tell(
        payment_intent(checkout, id="pi_x", invoice=forged),
        subscription(checkout, id="sub_x", reference=None, latest_invoice_id=None),
    )
    desk.deliver(ObjectKind.PAYMENT_INTENT, "pi_x")

    desk.settle()

    assert desk.ticket(ObjectKind.PAYMENT_INTENT, "pi_x").problem == (
        "the payment's reference is ours, but its subscription is not"
    )


def test_a_payment_recorded_for_another_supporter_is_refused(desk: Desk) -> None:
    checkout = desk.checkout()
    with writing() as session:
        other = factories.make_supporter(session, desk.runtime.vault)
        factories.make_donation(session, other, stripe_payment_intent_id=ids(checkout)["payment_intent"])

    with refused("the payment was recorded for another supporter"):
        desk.apply(payment_intent(checkout))


def test_a_payment_under_way_changes_no_checkout(desk: Desk) -> None:
    checkout = desk.checkout(status=CheckoutStatus.PROCESSING)

    for status in ("requires_confirmation", "requires_action", "requires_capture"):
        assert desk.apply(payment_intent(checkout, status=status, amount_received=0)).note is None

    assert only(Checkout).status is CheckoutStatus.PROCESSING


def test_a_payment_under_way_at_the_bank_is_waited_for_but_undoes_no_success(desk: Desk) -> None:
    waiting, paid = desk.checkout(), desk.checkout(status=CheckoutStatus.PAID, ended_at=NOON)

    for checkout in (waiting, paid):
        desk.apply(payment_intent(checkout, status="processing", amount_received=0))

    assert only(Checkout, id=waiting.id).status is CheckoutStatus.PROCESSING
    assert only(Checkout, id=paid.id).status is CheckoutStatus.PAID


def test_a_payment_that_is_new_has_its_subscription_looked_at_and_one_that_is_known_has_not(
    desk: Desk,
) -> None:
    checkout = desk.checkout(Frequency.MONTHLY)
    gift = subscription(checkout)
    desk.tell(gift, payment_intent(checkout))
    desk.apply(gift)

    for _ in range(2):
        desk.deliver(ObjectKind.PAYMENT_INTENT, ids(checkout)["payment_intent"])
        desk.settle()

    assert desk.ticket(ObjectKind.SUBSCRIPTION, gift.id).generation == 1
