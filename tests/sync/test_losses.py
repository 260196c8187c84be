"""Whatever webhooks are lost, one comparison with Stripe makes it good: each of the 128 subsets of seven.

Twice: with every event still listed, and with none, as where Stripe never made it at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import combinations

import pytest

from donations.domain.gifts import Frequency
from donations.domain.standing import Standing
from donations.gateway.kinds import ObjectKind
from donations.gateway.listed import Listed, Page
from donations.models import Donation, StripeEvent
from tests.fakes import FakeGateway
from tests.sync.desk import Desk, count_of, state_of
from tests.sync.lives import Life, given_once
from tests.sync.long_lives import given_and_ended
from tests.sync.reconciling import compare, moved, told

SEVEN = 7
EMBEDDED_EVERY, OTHER_EVERY = 1, 5
"""On the slower database every fifth subset will do."""


def subsets() -> Iterator[tuple[int, ...]]:
    for size in range(SEVEN + 1):
        yield from combinations(range(SEVEN), size)


def live(desk: Desk, lost: Collection[int], *, is_listed: bool) -> Life:
    """All of it happens, and the events of these numbers never come."""
    life = given_and_ended(desk.checkout(Frequency.MONTHLY))
    for number, happening in enumerate(life.happenings):
        desk.gateway.objects.update(life.truth_once(happening.moment))
        event_id = f"evt_{life.checkout.id}_{number}"
        if is_listed:
            desk.gateway.events.insert(0, told(happening, event_id))
        if number not in lost:
            desk.hear(happening, event_id)
    desk.drain()
    desk.gateway.balance += [moved(life.checkout), moved(life.checkout, "refund")]
    return life


@pytest.mark.timeout(600)
@pytest.mark.parametrize("is_listed", [True, False], ids=["events listed", "events never made"])
def test_any_loss_of_webhooks_is_healed_by_one_comparison(desk: Desk, is_listed: bool) -> None:
    whole = live(desk, (), is_listed=is_listed)
    desk.settle()
    wanted = state_of(whole.checkout)
    every = EMBEDDED_EVERY if desk.runtime.config.database_url.startswith("sqlite") else OTHER_EVERY
    lives = [live(desk, lost, is_listed=is_listed) for lost in list(subsets())[::every]]

    run = compare(desk)

    assert [state_of(life.checkout) for life in lives] == [wanted] * len(lives)
    assert (len(wanted["donations"]), wanted["subscriptions"][0][0]) == (1, Standing.CANCELED)  # type: ignore[arg-type, index]
    assert run.problem is None
    if is_listed:
        assert count_of(StripeEvent) == SEVEN * (len(lives) + 1)
    again = compare(desk)
    assert (again.differing, again.marked) == (0, 0)


@pytest.mark.parametrize(
    "blind",
    [ObjectKind.PAYMENT_INTENT, ObjectKind.REFUND, ObjectKind.SUBSCRIPTION],
    ids=lambda kind: kind.value,
)
def test_the_losses_find_a_comparison_that_leaves_a_kind_out(desk: Desk, blind: ObjectKind) -> None:
    """Each list is needed: with all events lost, what the list of one kind finds nothing else does."""

    class Blind(FakeGateway):
        def list_objects(self, kind: ObjectKind, since: object, after: str | None) -> Page[Listed]:
            if kind is blind:
                return Page((), None)
            return super().list_objects(kind, since, after)  # type: ignore[arg-type]

    whole = live(desk, (), is_listed=False)
    desk.settle()
    desk.gateway = Blind()
    # What would lead there another way is held back: the balance, and an ended life's other events.
    life = given_and_ended(desk.checkout(Frequency.MONTHLY))
    lost = {
        ObjectKind.PAYMENT_INTENT: given_once(desk.checkout()),
        ObjectKind.REFUND: life,
        ObjectKind.SUBSCRIPTION: life,
    }[blind]
    if blind is not ObjectKind.PAYMENT_INTENT:
        for happening in lost.happenings[:5]:
            desk.gateway.objects.update(lost.truth_once(happening.moment))
            desk.hear(happening)
            desk.drain()
    desk.gateway.objects.update(lost.moments[-1])
    if blind is ObjectKind.PAYMENT_INTENT:
        desk.gateway.objects = {
            key: each
            for key, each in desk.gateway.objects.items()
            if key[0] is not ObjectKind.CHECKOUT_SESSION
        }

    compare(desk)

    state = state_of(lost.checkout)
    assert state != state_of(whole.checkout)


def test_an_event_that_is_compared_while_its_webhook_comes_counts_once(desk: Desk) -> None:
    life = given_and_ended(desk.checkout(Frequency.MONTHLY))
    desk.gateway.objects.update(life.moments[-1])

    class Overtaken(FakeGateway):
        """Each webhook comes between the list and what is made of it."""

        def list_events(self, since: object, after: str | None) -> object:
            page = super().list_events(since, after)  # type: ignore[arg-type]
            for number, happening in enumerate(life.happenings):
                desk.hear(happening, f"evt_{number}")
            return page

    desk.gateway = Overtaken(objects=desk.gateway.objects)
    desk.gateway.events = [told(each, f"evt_{n}") for n, each in enumerate(life.happenings)]

    compare(desk)

    assert (count_of(StripeEvent), count_of(Donation)) == (SEVEN, 1)
