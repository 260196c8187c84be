"""Any sequence of calls leaves books that add up, and no call makes the sandbox fail."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from tests.sandbox.books import wrong_in
from tests.sandbox.random_walk import new_walker

PROVE = pytest.mark.prove

steps = st.lists(st.integers(0, 2**32), min_size=1, max_size=40)


def walk(seeds: list[int]) -> None:
    with new_walker() as walker:
        try:
            for seed in seeds:
                walker.step(seed)
        finally:
            note("\n".join(walker.done))

        assert wrong_in(walker.objects()) == []


@given(seeds=steps)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_walk_through_the_api_leaves_the_books_right(seeds: list[int]) -> None:
    walk(seeds)


@PROVE
@pytest.mark.timeout(3600)
@given(seeds=st.lists(st.integers(0, 2**32), min_size=40, max_size=200))
@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
def test_long_walks_leave_the_books_right(seeds: list[int]) -> None:
    walk(seeds)


def test_books_that_are_wrong_are_found_out() -> None:
    with new_walker() as walker:
        for seed in range(300, 330):
            walker.step(seed)
        objects = walker.objects()
    charge = next(found for found in objects["charge"] if found["status"] == "succeeded")
    charge["amount_refunded"] += 1
    objects["balance_transaction"][0]["net"] += 1

    found = wrong_in(objects)

    assert any(f"{charge['id']} says" in wrong for wrong in found)
    assert any("does not add up" in wrong for wrong in found)
    assert any("the balance is" in wrong for wrong in found)
