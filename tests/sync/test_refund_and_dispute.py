"""Refunds and disputes are rows of their own, and wait for their donation."""

from __future__ import annotations

import pytest

from donations.domain.disputes import DisputeStatus
from donations.domain.errors import Mismatch
from donations.domain.refunds import RefundStatus
from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import DisputeSnapshot, RefundSnapshot
from donations.models import Dispute, Donation, Refund
from tests.sync.desk import Desk, count_of, only
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

    with pytest.raises(Mismatch):
        desk.apply(refund(checkout, number=2, amount=501))

    assert (only(Donation).refunded_amount, count_of(Refund)) == (4500, 1)


@pytest.mark.parametrize("changes", [{"currency": "usd"}, {"status": "lost"}, {"status": None}])
def test_a_refund_that_does_not_match_is_refused(desk: Desk, changes: dict[str, object]) -> None:
    checkout = desk.checkout()
    desk.apply(payment_intent(checkout))

    with pytest.raises(Mismatch):
        desk.apply(refund(checkout, **changes))

    assert count_of(Refund) == 0


def test_a_refund_that_is_known_may_not_change_its_amount(desk: Desk) -> None:
    checkout = desk.checkout()
    desk.apply(payment_intent(checkout))
    desk.apply(refund(checkout))

    with pytest.raises(Mismatch):
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

    with pytest.raises(Mismatch):
        desk.apply(dispute(checkout, status="shouted_at"))
