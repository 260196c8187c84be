"""Refunds and disputes are rows of their own, and wait for their donation."""

from __future__ import annotations

from datetime import timedelta

import pytest

from donations.domain.adjustments import AdjustmentKind
from donations.domain.disputes import DisputeStatus
from donations.domain.refunds import RefundStatus
from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import DisputeSnapshot, RefundSnapshot
from donations.models import Adjustment, Dispute, Donation, OutboxMessage, Refund
from donations.models.database import reading
from tests.factories import NOON
from tests.sync.desk import Desk, count_of, only, refused, rows
from tests.sync.lives import dispute, ids, payment_intent, refund


def test_a_refund_told_twice_is_taken_off_once(desk: Desk) -> None:
    checkout = desk.checkout()
    desk.apply(payment_intent(checkout))

    for _ in range(2):
        desk.apply(refund(checkout))

    assert only(Donation).refunded_amount == 1000
    assert (only(Refund).status, only(Refund).amount) == (RefundStatus.SUCCEEDED, 1000)


def test_partial_refunds_add_up_and_one_that_fails_later_counts_no_more(desk: Desk) -> None:
    checkout = desk.checkout()
    desk.apply(payment_intent(checkout))

    desk.apply(refund(checkout, number=1))
    desk.apply(refund(checkout, number=2, amount=2500))
    desk.apply(refund(checkout, number=3, status="pending"))
    assert only(Donation).refunded_amount == 3500
    desk.apply(refund(checkout, number=1, status="failed"))

    assert only(Donation).refunded_amount == 2500
    assert only(Donation).amount == 5000


def test_more_than_was_given_cannot_be_refunded(desk: Desk) -> None:
    checkout = desk.checkout()
    desk.apply(payment_intent(checkout))
    desk.apply(refund(checkout, number=1, amount=4500))

    with refused("more was refunded than was given"):
        desk.apply(refund(checkout, number=2, amount=501))

    assert (only(Donation).refunded_amount, count_of(Refund)) == (4500, 1)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"currency": "usd"}, "the refund has another currency than its donation"),
        ({"status": "lost"}, "a refund that is lost is not known"),
        ({"status": None}, "a refund that is None is not known"),
    ],
)
def test_a_refund_that_does_not_match_is_refused(desk: Desk, changes: dict[str, object], reason: str) -> None:
    checkout = desk.checkout()
    desk.apply(payment_intent(checkout))

    with refused(reason):
        desk.apply(refund(checkout, **changes))

    assert count_of(Refund) == 0


def test_a_refund_that_is_known_may_not_change_its_amount(desk: Desk) -> None:
    checkout = desk.checkout()
    desk.apply(payment_intent(checkout))
    desk.apply(refund(checkout))

    with refused("the refund was recorded with another amount or donation"):
        desk.apply(refund(checkout, amount=1))


@pytest.mark.parametrize(
    ("make", "kind", "model"),
    [(refund, ObjectKind.REFUND, Refund), (dispute, ObjectKind.DISPUTE, Dispute)],
    ids=["refund", "dispute"],
)
@pytest.mark.parametrize("names_payment", [True, False], ids=["of a payment", "of a charge"])
def test_its_missing_donation_is_fetched(
    desk: Desk, make: object, kind: ObjectKind, model: type, names_payment: bool
) -> None:
    """The payment's own events were lost; of an old charge only the charge may be named."""
    assert callable(make)
    checkout = desk.checkout()
    snapshot: RefundSnapshot | DisputeSnapshot = make(
        checkout, payment_intent_id=ids(checkout)["payment_intent"] if names_payment else None
    )
    paid = payment_intent(checkout)
    assert paid.charge is not None
    desk.tell(snapshot, paid, paid.charge)
    desk.deliver(kind, snapshot.id)

    desk.settle()

    assert only(model).donation_id == only(Donation).id


def test_a_refund_of_someone_elses_payment_is_set_aside_once_that_is_known(desk: Desk) -> None:
    checkout = desk.checkout()
    desk.tell(refund(checkout), payment_intent(checkout, reference=None))
    desk.deliver(ObjectKind.REFUND, refund(checkout).id)

    desk.settle()

    ticket = desk.ticket(ObjectKind.REFUND, refund(checkout).id)
    assert ticket.problem == "not ours: the refund's payment made no donation"
    assert (ticket.applied, ticket.generation, ticket.quarantined_at) == (1, 1, None)


def test_a_dispute_follows_stripes_status_and_takes_nothing_off_the_donation(desk: Desk) -> None:
    checkout = desk.checkout()
    desk.apply(payment_intent(checkout))

    desk.apply(dispute(checkout))
    desk.apply(dispute(checkout, status="under_review"))
    desk.apply(dispute(checkout, status="lost"))

    assert (only(Dispute).status, only(Dispute).amount) == (DisputeStatus.LOST, 5000)
    assert only(Donation).refunded_amount == 0


def test_a_dispute_of_an_unknown_status_is_refused(desk: Desk) -> None:
    checkout = desk.checkout()
    desk.apply(payment_intent(checkout))

    with refused("a dispute that is shouted_at is not known"):
        desk.apply(dispute(checkout, status="shouted_at"))


def test_the_whole_of_a_gift_may_be_refunded(desk: Desk) -> None:
    checkout = desk.checkout()
    desk.apply(payment_intent(checkout))

    desk.apply(refund(checkout, amount=5000))

    assert only(Donation).refunded_amount == 5000


def test_all_of_a_refund_is_written_down_and_taken_off_the_accounts(desk: Desk) -> None:
    late = NOON.replace(hour=23, minute=30)
    checkout = desk.checkout()
    desk.apply(payment_intent(checkout))
    before = desk.clock.time

    desk.apply(refund(checkout, created_at=late, reason="requested_by_customer"))

    row, line = only(Refund), only(Adjustment)
    next_day = (NOON + timedelta(days=1)).date()
    assert (row.stripe_refund_id, row.donation_id) == (refund(checkout).id, only(Donation).id)
    assert (row.currency, row.reason) == ("eur", "requested_by_customer")
    assert (row.refunded_at, row.refunded_on) == (late, next_day)
    assert before < row.recorded_at <= desk.clock.time
    assert (line.kind, line.stripe_id, line.donation_id) == (
        AdjustmentKind.REFUND,
        row.stripe_refund_id,
        row.donation_id,
    )
    assert (line.amount, line.currency) == (1000, "eur")
    assert (line.occurred_at, line.occurred_on, line.recorded_at) == (late, next_day, row.recorded_at)


def test_of_a_refund_that_succeeded_one_letter_is_written_and_of_a_pending_one_none(desk: Desk) -> None:
    checkout = desk.checkout()
    desk.apply(payment_intent(checkout))

    desk.apply(refund(checkout, status="pending"))
    assert count_of(OutboxMessage, kind="refund") == 0
    assert only(Donation).refunded_amount == 0
    for _ in range(2):
        desk.apply(refund(checkout))

    letter = only(OutboxMessage, kind="refund")
    assert (letter.cause, letter.supporter_id) == (refund(checkout).id, checkout.supporter_id)
    assert letter.created_at <= desk.clock.time


def test_what_a_failed_refund_took_comes_back_on_the_day_on_which_that_is_known(desk: Desk) -> None:
    checkout = desk.checkout()
    desk.apply(payment_intent(checkout))
    desk.apply(refund(checkout))
    desk.clock.forward(timedelta(days=3))

    for _ in range(2):
        desk.apply(refund(checkout, status="failed"))

    with reading() as session:
        lines = rows(session, Adjustment)
    assert [line.amount for line in lines] == [1000, -1000]
    assert lines[1].occurred_at == lines[1].recorded_at > NOON + timedelta(days=3)
    assert lines[1].occurred_on == (NOON + timedelta(days=3)).date()


def test_a_refund_of_another_donation_is_refused(desk: Desk) -> None:
    mine, other = desk.checkout(), desk.checkout()
    desk.apply(payment_intent(mine))
    desk.apply(payment_intent(other))
    desk.apply(refund(mine))

    with refused("the refund was recorded with another amount or donation"):
        desk.apply(refund(mine, payment_intent_id=ids(other)["payment_intent"]))


def test_refunds_of_one_donation_are_not_taken_off_another(desk: Desk) -> None:
    mine, other = desk.checkout(), desk.checkout()
    desk.apply(payment_intent(mine))
    desk.apply(payment_intent(other))

    desk.apply(refund(mine))
    desk.apply(refund(other, amount=1))

    assert only(Donation, checkout_id=mine.id).refunded_amount == 1000
    assert only(Donation, checkout_id=other.id).refunded_amount == 1
    assert only(Adjustment, donation_id=mine.id).amount == 1000
    assert only(Adjustment, donation_id=other.id).amount == 1


def test_the_day_on_which_a_dispute_took_the_money_is_that_of_the_reporting_zone(desk: Desk) -> None:
    late = NOON.replace(hour=23, minute=30)
    checkout = desk.checkout()
    desk.apply(payment_intent(checkout))

    desk.apply(dispute(checkout, status="lost", created_at=late))

    assert only(Adjustment).occurred_on == (NOON + timedelta(days=1)).date()


def test_all_of_a_dispute_is_written_down(desk: Desk) -> None:
    late = NOON.replace(hour=23, minute=30)
    checkout = desk.checkout()
    desk.apply(payment_intent(checkout))
    before = desk.clock.time

    desk.apply(dispute(checkout, created_at=late, reason="fraudulent"))

    row = only(Dispute)
    assert (row.stripe_dispute_id, row.donation_id) == (ids(checkout)["dispute"], only(Donation).id)
    assert (row.amount, row.currency, row.reason) == (5000, "eur", "fraudulent")
    assert (row.opened_at, row.opened_on) == (late, (NOON + timedelta(days=1)).date())
    assert before < row.recorded_at <= desk.clock.time


def test_a_dispute_takes_the_money_when_it_is_lost_as_much_as_it_says_by_then(desk: Desk) -> None:
    checkout = desk.checkout()
    desk.apply(payment_intent(checkout))
    desk.apply(dispute(checkout))
    assert count_of(Adjustment) == 0

    for _ in range(2):
        desk.apply(dispute(checkout, status="lost", amount=4000))

    line = only(Adjustment)
    assert (line.kind, line.stripe_id, line.donation_id) == (
        AdjustmentKind.DISPUTE,
        ids(checkout)["dispute"],
        only(Donation).id,
    )
    assert (line.amount, line.currency, line.occurred_at) == (4000, "eur", only(Dispute).opened_at)
    assert only(Dispute).amount == 4000


@pytest.mark.parametrize(
    ("status", "letters"),
    [("needs_response", 1), ("under_review", 1), ("warning_needs_response", 0), ("won", 0), ("lost", 0)],
)
def test_a_supporter_is_written_to_of_a_dispute_that_is_open_and_no_mere_inquiry(
    desk: Desk, status: str, letters: int
) -> None:
    checkout = desk.checkout()
    desk.apply(payment_intent(checkout))

    for _ in range(2):
        desk.apply(dispute(checkout, status=status))

    with reading() as session:
        causes = [(row.cause, row.supporter_id) for row in rows(session, OutboxMessage, kind="dispute")]
    assert causes == [(ids(checkout)["dispute"], checkout.supporter_id)] * letters


def test_a_dispute_that_is_known_may_not_change_its_currency_or_donation(desk: Desk) -> None:
    mine, other = desk.checkout(), desk.checkout()
    desk.apply(payment_intent(mine))
    desk.apply(payment_intent(other))
    desk.apply(dispute(mine))

    for changes in ({"currency": "usd"}, {"payment_intent_id": ids(other)["payment_intent"]}):
        with refused("the dispute was recorded with another currency or donation"):
            desk.apply(dispute(mine, **changes))


def test_a_dispute_of_someone_elses_payment_is_set_aside_once_that_is_known(desk: Desk) -> None:
    checkout = desk.checkout()
    desk.tell(dispute(checkout), payment_intent(checkout, reference=None))
    desk.deliver(ObjectKind.DISPUTE, dispute(checkout).id)

    desk.settle()

    ticket = desk.ticket(ObjectKind.DISPUTE, dispute(checkout).id)
    assert ticket.problem == "not ours: the dispute's payment made no donation"
