"""What may become what, as a table of single steps.

We see Stripe's objects through webhooks that may be lost, and always fetch the
present state, so we see jumps: a subscription may go from incomplete straight to
past_due because nobody told us that it was active for a year between. A jump is
allowed when a path of single steps leads there. The table therefore lists only
true steps, and forbids exactly what no history can explain: leaving a terminal
state, or going back to a beginning.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Generic, TypeVar

State = TypeVar("State", bound=StrEnum)


class Transitions(Generic[State]):
    """One table of steps and the questions asked of it."""

    def __init__(self, steps: Mapping[State, frozenset[State]]) -> None:
        self._reachable = {state: _reachable_from(state, steps) for state in steps}
        self.terminal = frozenset(state for state, following in steps.items() if not following)

    def is_terminal(self, state: State) -> bool:
        """Whether nothing can come after it."""
        return state in self.terminal

    def can_become(self, old: State, new: State) -> bool:
        """Whether `new` is `old`, or some history leads from the one to the other."""
        return old == new or new in self._reachable[old]


def _reachable_from(start: State, steps: Mapping[State, frozenset[State]]) -> frozenset[State]:
    found: set[State] = set()
    waiting = [start]
    while waiting:
        following = steps[waiting.pop()] - found
        found |= following
        waiting.extend(following)
    return frozenset(found)
