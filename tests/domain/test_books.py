"""The books agree to the minor unit or say where not: nothing is near enough, on either side."""

from __future__ import annotations

import pytest

from donations.domain.books import Disagreement, Finding, Moved, of_dispute, of_payment, of_refund
from donations.domain.disputes import DisputeStatus
from donations.domain.refunds import RefundStatus

NOTHING = Moved(0, 0, 0, 0)
OFF = pytest.mark.parametrize("off", [1, -1])


def moved(amount: int, fee: int = 0, lines: int = 1) -> Moved:
    return Moved(amount, fee, amount - fee, lines)


def test_a_payment_that_came_as_it_was_settled_agrees() -> None:
    assert of_payment(5000, 60, moved(5000, 60)) is None


@OFF
def test_one_minor_unit_off_is_found_in_amount_fee_and_net(off: int) -> None:
    assert of_payment(5000, 60, moved(5000 + off, 60)) == Disagreement(Finding.AMOUNT, 5000, 5000 + off)
    assert of_payment(5000, 60, moved(5000, 60 + off)) == Disagreement(Finding.FEE, 60, 60 + off)
    assert of_payment(5000, 60, Moved(5000, 60, 4940 + off, 1)) == Disagreement(Finding.NET, 4940, 4940 + off)


@OFF
def test_one_minor_unit_off_is_found_in_what_was_taken_back(off: int) -> None:
    succeeded, lost = RefundStatus.SUCCEEDED, DisputeStatus.LOST

    assert of_refund(1000, succeeded, moved(-1000), is_converted=False) is None
    assert of_refund(1000, succeeded, moved(-1000 + off), is_converted=False) == Disagreement(
        Finding.AMOUNT, -1000, -1000 + off
    )
    assert of_dispute(5000, lost, moved(-5000, 1500), is_converted=False) is None
    assert of_dispute(5000, lost, moved(-5000 + off, 1500), is_converted=False) == Disagreement(
        Finding.AMOUNT, -5000, -5000 + off
    )


def test_what_one_side_lacks_is_found() -> None:
    assert of_payment(5000, 60, NOTHING) == Disagreement(Finding.NOT_STRIPES, 5000, None)
    for found in (
        of_refund(1000, RefundStatus.SUCCEEDED, NOTHING, is_converted=False),
        of_dispute(1000, DisputeStatus.UNDER_REVIEW, NOTHING, is_converted=False),
    ):
        assert found == Disagreement(Finding.NOT_STRIPES, -1000, None)


@pytest.mark.parametrize("status", [RefundStatus.FAILED, RefundStatus.CANCELED])
def test_a_refund_that_came_back_takes_nothing_in_the_end(status: RefundStatus) -> None:
    assert of_refund(1000, status, moved(0, lines=2), is_converted=False) is None
    assert of_refund(1000, status, NOTHING, is_converted=False) is None
    assert of_refund(1000, status, moved(-1000), is_converted=False) == Disagreement(Finding.AMOUNT, 0, -1000)


@pytest.mark.parametrize("status", [RefundStatus.PENDING, RefundStatus.REQUIRES_ACTION])
def test_a_refund_on_its_way_was_taken_whole_or_not_yet(status: RefundStatus) -> None:
    assert of_refund(1000, status, moved(-1000), is_converted=False) is None
    assert of_refund(1000, status, NOTHING, is_converted=False) is None
    assert of_refund(1000, status, moved(-999), is_converted=False) is not None


TAKES = {
    DisputeStatus.NEEDS_RESPONSE,
    DisputeStatus.UNDER_REVIEW,
    DisputeStatus.APPEAL_NEEDS_RESPONSE,
    DisputeStatus.APPEAL_UNDER_REVIEW,
    DisputeStatus.LOST,
}


@pytest.mark.parametrize("status", list(DisputeStatus))
def test_a_dispute_takes_the_money_unless_it_is_a_question_or_was_won(status: DisputeStatus) -> None:
    is_gone = of_dispute(1000, status, moved(-1000, 1500), is_converted=False) is None
    is_there = of_dispute(1000, status, moved(0, 1500, lines=2), is_converted=False) is None

    assert (is_gone, is_there) == (status in TAKES, status not in TAKES)


def test_of_another_currency_only_stripe_knows_the_rate() -> None:
    """That something was taken is known all the same, and that nothing was in the end."""
    assert of_refund(1000, RefundStatus.SUCCEEDED, moved(-930), is_converted=True) is None
    assert of_refund(1000, RefundStatus.SUCCEEDED, NOTHING, is_converted=True) is not None
    assert of_refund(1000, RefundStatus.SUCCEEDED, moved(930), is_converted=True) is not None
    assert of_refund(1000, RefundStatus.SUCCEEDED, moved(0, lines=2), is_converted=True) is not None
    assert of_dispute(1000, DisputeStatus.LOST, moved(-930), is_converted=True) is None
    assert of_refund(1000, RefundStatus.FAILED, moved(-1), is_converted=True) is not None
    assert of_dispute(1000, DisputeStatus.WON, moved(2), is_converted=True) is not None
