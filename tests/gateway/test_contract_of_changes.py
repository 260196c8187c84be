"""What we rely on when a recurring gift is changed, asked of the sandbox, and of Stripe with a test key.

See test_contract.py. That another rhythm with `trial_end` is not charged before that day is what a
switch to annual rests on.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from donations.domain.gifts import Frequency, Gift
from donations.domain.money import Money
from donations.gateway.change_parameters import (
    end_with_period,
    go_on,
    new_amount,
    new_rhythm,
    pause_until,
    resume,
)
from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import SubscriptionSnapshot
from tests.gateway.test_contract import Side, reference, sandbox_url, side

__all__ = ["reference", "sandbox_url", "side"]


@pytest.fixture
def gift(side: Side, reference: str) -> SubscriptionSnapshot:
    """Ten euros a month, paid once."""
    return look(side, side.subscribe(reference, "month").id)


def look(side: Side, stripe_id: str) -> SubscriptionSnapshot:
    found = side.gateway.fetch(ObjectKind.SUBSCRIPTION, stripe_id)
    assert isinstance(found, SubscriptionSnapshot)
    return found


def changed(
    side: Side, gift: SubscriptionSnapshot, parameters: dict[str, Any], key: str
) -> SubscriptionSnapshot:
    for _ in range(2):
        side.gateway.change_subscription(gift.id, parameters, f"{key}-{gift.id}")
    return look(side, gift.id)


def paid_so_far(side: Side, gift: SubscriptionSnapshot) -> int:
    invoices = side.v1.invoices.list({"subscription": gift.id, "limit": 100}).data
    return sum(each.amount_paid for each in invoices)


def test_another_amount_is_charged_from_the_next_charge_on(side: Side, gift: SubscriptionSnapshot) -> None:
    wanted = Gift(Money(2500, "eur"), Frequency.MONTHLY)

    after = changed(side, gift, new_amount(gift.item_id, gift.product_id, wanted), "amount")

    assert (after.unit_amount, after.status) == (2500, "active")
    assert after.current_period_ends_at == gift.current_period_ends_at
    assert paid_so_far(side, gift) == 1000


@pytest.mark.parametrize("frequency", [Frequency.ANNUAL, Frequency.MONTHLY])
def test_another_rhythm_is_not_charged_before_its_date(
    side: Side, reference: str, frequency: Frequency
) -> None:
    before = "month" if frequency is Frequency.ANNUAL else "year"
    gift = look(side, side.subscribe(reference, before).id)
    assert gift.current_period_ends_at is not None
    wanted = Gift(Money(9000, "eur"), frequency)
    parameters = new_rhythm(gift.item_id, gift.product_id, wanted, gift.current_period_ends_at)

    after = changed(side, gift, parameters, "rhythm")

    assert (after.status, after.interval) == ("trialing", "year" if before == "month" else "month")
    assert (after.unit_amount, after.current_period_ends_at) == (9000, gift.current_period_ends_at)
    assert paid_so_far(side, gift) == 1000


def test_a_pause_leaves_the_status_active_and_is_ended_by_an_empty_value(
    side: Side, gift: SubscriptionSnapshot
) -> None:
    until = (datetime.now(UTC) + timedelta(days=50)).replace(microsecond=0)

    paused = changed(side, gift, pause_until(until), "pause")
    resumed = changed(side, gift, resume(), "resume")

    assert (paused.status, paused.is_collection_paused, paused.resumes_at) == ("active", True, until)
    assert (resumed.is_collection_paused, resumed.resumes_at) == (False, None)


def test_a_cancellation_ends_with_the_period_and_can_be_taken_back(
    side: Side, gift: SubscriptionSnapshot
) -> None:
    ending = changed(side, gift, end_with_period(), "cancel")
    going_on = changed(side, gift, go_on(was_at_period_end=ending.cancels_at_period_end), "undo")

    assert ending.cancels_at_period_end or ending.cancel_at == gift.current_period_ends_at
    assert (going_on.cancel_at, going_on.cancels_at_period_end) == (None, False)


def test_a_customer_that_is_deleted_takes_its_gifts_along(side: Side, gift: SubscriptionSnapshot) -> None:
    side.gateway.delete_customer(gift.customer_id)

    assert look(side, gift.id).status == "canceled"
    side.gateway.delete_customer(gift.customer_id)
