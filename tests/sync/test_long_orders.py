"""The life of seven events, in every order (5,040), and in every order with one of them twice (141,120).

The long forms are for `make prove`, in parts that can run side by side; some orders are played always.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, permutations, product
from math import factorial

import pytest

from donations.domain.gifts import Frequency
from tests.sync.branching import Endings
from tests.sync.desk import Desk
from tests.sync.lives import Happening, Life
from tests.sync.long_lives import ending_of, given_and_ended

SEVEN = 7
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What depends on the database is proved by the lives of five; here it is the orders that are many."""
ANY_DATABASE = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


def every_order() -> Iterator[tuple[int, ...]]:
    return permutations(range(SEVEN))


def every_order_with_one_twice() -> Iterator[tuple[int, ...]]:
    """Each once: the one that comes again is put after its first, so that no two are the same."""
    for order in permutations(range(SEVEN)):
        for place, number in enumerate(order):
            for again_at in range(place + 1, SEVEN + 1):
                yield (*order[:again_at], number, *order[again_at:])


def play(desk: Desk, life: Life, order: Sequence[int]) -> Mapping[str, object]:
    """The worker is idle whenever an event comes; an event comes twice under the same id."""
    happened = 0
    for number in order:
        happening: Happening = life.happenings[number]
        happened = max(happened, happening.moment)
        desk.gateway.objects.update(life.truth_once(happened))
        desk.hear(happening, f"evt_{life.checkout.id}_{number}")
        desk.drain()
    desk.settle()
    # Lives don't disturb each other, and their copies are not needed any more.
    desk.gateway.objects.clear()
    return ending_of(life.checkout)


def endings(desk: Desk, orders: Iterator[tuple[int, ...]]) -> list[Mapping[str, object]]:
    found: list[Mapping[str, object]] = []
    for order in orders:
        state = play(desk, given_and_ended(desk.checkout(Frequency.MONTHLY)), order)
        if state not in found:
            found.append(state)
    return found


def in_order(desk: Desk) -> Mapping[str, object]:
    return play(desk, given_and_ended(desk.checkout(Frequency.MONTHLY)), range(SEVEN))


def test_there_are_as_many_orders_as_are_said() -> None:
    assert len(set(every_order())) == factorial(SEVEN) == 5040
    assert sum(1 for _ in every_order_with_one_twice()) == 141_120
    assert len(set(islice(every_order_with_one_twice(), 2000))) == 2000


@ANY_DATABASE
@pytest.mark.timeout(600)
def test_some_orders_of_seven_events_end_in_the_same_state(desk: Desk) -> None:
    wanted = in_order(desk)

    assert endings(desk, islice(every_order(), 0, None, 421)) == [wanted]
    assert endings(desk, islice(every_order_with_one_twice(), 17, None, 12_829)) == [wanted]
    assert (len(wanted["donations"]), wanted["messages"]) == (1, ["gift_cancelled", "receipt", "refund"])  # type: ignore[arg-type]


def branches(desk: Desk, length: int) -> Endings:
    return Endings(desk, given_and_ended(desk.checkout(Frequency.MONTHLY)), length)


@ONE_DATABASE
def test_orders_that_begin_alike_end_as_they_do_one_by_one(desk: Desk) -> None:
    first = (6, 5, 4, 3, 2)
    one_by_one = [order for order in every_order_with_one_twice() if order[:5] == first]

    together = branches(desk, SEVEN + 1).after(*first)

    assert together.orders == len(one_by_one) > 20
    assert together.found == endings(desk, iter(one_by_one))


class LettingGoOfTheOlder(Endings):
    """A mutant, `created >=`: what is older than something that was heard of is let go."""

    def hear(self, order: tuple[int, ...], number: int) -> None:
        moments = [self.life.happenings[each].moment for each in (*order, number)]
        if moments[-1] == max(moments):
            super().hear(order, number)


@ONE_DATABASE
def test_orders_that_begin_alike_show_where_the_order_matters(desk: Desk) -> None:
    life = given_and_ended(desk.checkout(Frequency.MONTHLY))

    assert len(LettingGoOfTheOlder(desk, life, SEVEN).after(0, 1, 2, 3).found) > 1


@pytest.mark.prove
@pytest.mark.timeout(3600)
@ONE_DATABASE
@pytest.mark.parametrize("first", range(SEVEN))
def test_every_order_of_seven_events_ends_in_the_same_state(desk: Desk, first: int) -> None:
    played = branches(desk, SEVEN).after(first)

    assert played.orders == factorial(SEVEN) // SEVEN
    assert played.found == [in_order(desk)]


@pytest.mark.prove
@pytest.mark.timeout(7200)
@ONE_DATABASE
@pytest.mark.parametrize(
    "first", list(product(range(SEVEN), repeat=2)), ids=lambda first: f"{first[0]}{first[1]}"
)
def test_every_order_with_one_event_twice_ends_in_the_same_state(desk: Desk, first: tuple[int, int]) -> None:
    """Seven times 720 and 42 times 3,240: 141,120 in all."""
    played = branches(desk, SEVEN + 1).after(*first)

    assert played.orders == (720 if first[0] == first[1] else 3_240)
    assert played.found == [in_order(desk)]
