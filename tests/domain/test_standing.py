"""A subscription's standing moves as Stripe moves it, jumps included, and never back to life."""

import itertools

import pytest

from donations.domain.standing import (
    TERMINAL,
    TRANSITIONS,
    Standing,
    can_become,
    counts_toward_mrr,
    is_terminal,
)

REVIVALS = [(old, new) for old in TERMINAL for new in Standing if old != new]
SITUATIONS = list(itertools.product(Standing, [True, False], [True, False]))


def test_every_standing_of_stripes_has_its_row_in_the_table():
    assert set(TRANSITIONS) == set(Standing)


def test_only_ended_subscriptions_are_terminal():
    assert {Standing.CANCELED, Standing.INCOMPLETE_EXPIRED} == TERMINAL
    assert [each for each in Standing if is_terminal(each)] == [
        Standing.INCOMPLETE_EXPIRED,
        Standing.CANCELED,
    ]


@pytest.mark.parametrize(("old", "new"), sorted(REVIVALS))
def test_a_terminal_standing_absorbs_whatever_comes_after(old: Standing, new: Standing):
    assert not can_become(old, new)


@pytest.mark.parametrize("standing", list(Standing))
def test_the_same_standing_again_is_always_allowed(standing: Standing):
    assert can_become(standing, standing)


@pytest.mark.parametrize(("old", "new"), [(old, new) for old in Standing for new in sorted(TRANSITIONS[old])])
def test_every_single_step_is_allowed(old: Standing, new: Standing):
    assert can_become(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (Standing.INCOMPLETE, Standing.PAST_DUE),
        (Standing.INCOMPLETE, Standing.UNPAID),
        (Standing.INCOMPLETE, Standing.PAUSED),
        (Standing.UNPAID, Standing.TRIALING),
        (Standing.TRIALING, Standing.UNPAID),
    ],
)
def test_a_jump_over_webhooks_that_were_lost_is_allowed(old: Standing, new: Standing):
    assert new not in TRANSITIONS[old]
    assert can_become(old, new)


@pytest.mark.parametrize("old", [each for each in Standing if each is not Standing.INCOMPLETE])
def test_nothing_goes_back_to_the_beginning(old: Standing):
    assert not can_become(old, Standing.INCOMPLETE)
    if old is not Standing.INCOMPLETE_EXPIRED:
        assert not can_become(old, Standing.INCOMPLETE_EXPIRED)


@pytest.mark.parametrize(("standing", "is_paused", "has_paid"), SITUATIONS)
def test_only_what_goes_on_unpaused_and_was_paid_before_is_recurring_revenue(
    standing: Standing, is_paused: bool, has_paid: bool
):
    expected = standing in ("active", "past_due", "trialing") and has_paid and not is_paused

    assert counts_toward_mrr(standing, is_collection_paused=is_paused, has_paid=has_paid) is expected
