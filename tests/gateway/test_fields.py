"""A field that is missing or misshapen stops its object; nothing is made up."""

from __future__ import annotations

from typing import Any

import pytest

from donations.gateway.errors import UnexpectedAnswer
from donations.gateway.kinds import ObjectKind
from tests.gateway import answers
from tests.gateway.fetching import fetched


def test_related_objects_are_read_whether_expanded_or_not() -> None:
    answer = answers.session(
        customer={"id": "cus_1", "object": "customer", "deleted": True},
        subscription="sub_1",
        payment_intent="pi_1",
    )

    snapshot, _ = fetched(ObjectKind.CHECKOUT_SESSION, answer)

    assert (snapshot.customer_id, snapshot.subscription_id, snapshot.payment_intent_id) == (
        "cus_1",
        "sub_1",
        "pi_1",
    )


@pytest.mark.parametrize("field", ["amount", "currency", "status", "created", "livemode", "amount_refunded"])
@pytest.mark.parametrize("value", [None, "", 10.5, [], {}])
def test_money_facts_that_are_missing_or_misshapen_are_never_made_up(field: str, value: Any) -> None:
    with pytest.raises(UnexpectedAnswer) as caught:
        fetched(ObjectKind.CHARGE, answers.charge(**{field: value}))

    assert caught.value.what == f"charge.{field}"


def test_a_boolean_is_no_amount() -> None:
    with pytest.raises(UnexpectedAnswer):
        fetched(ObjectKind.CHARGE, answers.charge(amount=True))


@pytest.mark.parametrize("created", [10**18, -(10**18)])
def test_a_time_beyond_the_calendar_is_no_time(created: int) -> None:
    with pytest.raises(UnexpectedAnswer):
        fetched(ObjectKind.CHARGE, answers.charge(created=created))


def test_a_live_object_is_handed_on_as_live() -> None:
    snapshot, _ = fetched(ObjectKind.CHARGE, answers.charge(livemode=True))

    assert snapshot.is_livemode
