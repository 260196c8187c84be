"""A table of single steps answers for every jump, and knows its ends by itself."""

from __future__ import annotations

from enum import StrEnum

import pytest

from donations.domain.transitions import Transitions


class Stop(StrEnum):
    FIRST = "first"
    SECOND = "second"
    THIRD = "third"
    LAST = "last"
    ELSEWHERE = "elsewhere"


STEPS = {
    Stop.FIRST: frozenset({Stop.SECOND, Stop.ELSEWHERE}),
    Stop.SECOND: frozenset({Stop.THIRD}),
    Stop.THIRD: frozenset({Stop.SECOND, Stop.LAST}),
    Stop.LAST: frozenset[Stop](),
    Stop.ELSEWHERE: frozenset[Stop](),
}


def test_what_nothing_follows_is_an_end() -> None:
    table = Transitions(STEPS)

    assert table.terminal == {Stop.LAST, Stop.ELSEWHERE}
    assert [stop for stop in Stop if table.is_terminal(stop)] == [Stop.LAST, Stop.ELSEWHERE]


@pytest.mark.parametrize(
    ("old", "reachable"),
    [
        (Stop.FIRST, {Stop.FIRST, Stop.SECOND, Stop.THIRD, Stop.LAST, Stop.ELSEWHERE}),
        (Stop.SECOND, {Stop.SECOND, Stop.THIRD, Stop.LAST}),
        (Stop.THIRD, {Stop.SECOND, Stop.THIRD, Stop.LAST}),
        (Stop.LAST, {Stop.LAST}),
        (Stop.ELSEWHERE, {Stop.ELSEWHERE}),
    ],
)
def test_a_jump_is_allowed_where_steps_lead_there_in_circles_too(old: Stop, reachable: set[Stop]) -> None:
    table = Transitions(STEPS)

    assert {new for new in Stop if table.can_become(old, new)} == reachable
