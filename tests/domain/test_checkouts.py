"""A checkout moves from our row to Stripe's answer, jumps included, and its ends are ends."""

import pytest

from donations.domain.checkouts import TERMINAL, TRANSITIONS, CheckoutStatus, can_become, is_terminal

OPENING, OPEN, PROCESSING, PAID, UNPAID, EXPIRED, FAILED = CheckoutStatus


def test_every_status_has_its_row_in_the_table():
    assert set(TRANSITIONS) == set(CheckoutStatus)


def test_paid_expired_and_failed_are_ends_and_unpaid_is_not():
    assert {PAID, EXPIRED, FAILED} == TERMINAL
    assert [status for status in CheckoutStatus if is_terminal(status)] == [PAID, EXPIRED, FAILED]


@pytest.mark.parametrize("old", sorted(TERMINAL))
@pytest.mark.parametrize("new", list(CheckoutStatus))
def test_an_end_absorbs_whatever_comes_after(old: CheckoutStatus, new: CheckoutStatus):
    assert can_become(old, new) is (old == new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (OPENING, PAID),
        (OPENING, PROCESSING),
        (OPENING, EXPIRED),
        (OPEN, UNPAID),
        (UNPAID, PAID),
        (PROCESSING, UNPAID),
    ],
)
def test_what_lost_answers_and_webhooks_make_look_like_jumps_is_allowed(
    old: CheckoutStatus, new: CheckoutStatus
):
    assert can_become(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [(OPEN, OPENING), (OPEN, FAILED), (PROCESSING, OPEN), (PROCESSING, EXPIRED), (UNPAID, EXPIRED)],
)
def test_what_no_history_explains_is_forbidden(old: CheckoutStatus, new: CheckoutStatus):
    assert not can_become(old, new)
