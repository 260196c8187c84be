"""Months pass in the sandbox, and our rows follow."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journeys.givers import HttpGiver, card
from tests.journeys.stack import Stack
from tests.journeys.test_giving import (
    GIFTS,
    Gift,
    assert_agreed,
    fresh_email,
    reference_in,
    succeeded,
    thanked,
    to_stripe,
)

FAILS_LATER = "4000000000000341"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One of its own: a clock that went ahead would make the others' sessions expire."""
    stack = Stack(tmp_path_factory.mktemp("time") / "instance").start()
    yield stack
    stack.stop()


def test_renewals_failures_and_ends_arrive_as_they_happen(stack: Stack) -> None:
    faithful, failing = HttpGiver(), HttpGiver()
    for reader, number in ((faithful, card()["cardNumber"]), (failing, FAILS_LATER)):
        to_stripe(reader, stack, GIFTS[1], fresh_email())
        reader.pay(**card(number))
        thanked(reader)

    stack.command("sandbox", "advance", "--days", "70")

    assert_agreed(stack)
    assert len(succeeded(stack, reference_in(faithful.url))) == 3
    assert len(succeeded(stack, reference_in(failing.url))) == 1
    standings = {each["status"] for each in stack.dump()["subscriptions"]}
    assert {"active", "canceled"} <= standings


@pytest.mark.parametrize("gift", GIFTS[:2], ids=str)
def test_a_reader_gives_after_the_clock_went_ahead(stack: Stack, gift: Gift) -> None:
    stack.command("sandbox", "advance", "--days", "70")
    reader = HttpGiver()

    to_stripe(reader, stack, gift, fresh_email())
    reader.pay(**card())

    assert gift.words in thanked(reader)
    assert len(succeeded(stack, reference_in(reader.url))) == 1
    assert_agreed(stack)
