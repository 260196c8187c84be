"""Trouble by chance, and the same chance again: whether the n-th call fails, and how, is the seed's.

Only calls that the plan's path and method fit are counted, so the same calls meet the same faults.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from donations.sandbox.api.errors import ApiError
from donations.sandbox.api.fault_kinds import KINDS, Fault
from donations.sandbox.document import Document
from donations.sandbox.world import World

_SETTING = "fault_plan"


@dataclass(frozen=True, slots=True)
class FaultPlan:
    seed: int
    rate: float
    """The share of the calls that fail, from 0 to 1."""
    kinds: tuple[str, ...]
    path: str = "/v1/"
    method: str | None = None
    calls: int = 0
    """How many calls it has decided about."""

    def to_json(self) -> Document:
        return {**asdict(self), "kinds": list(self.kinds)}

    def kind_of_call(self, number: int) -> str | None:
        """What happens to the call of that number, from 0; None is nothing."""
        chance = random.Random(f"{self.seed}:{number}")  # noqa: S311  # Repeatable on purpose.
        return chance.choice(self.kinds) if chance.random() < self.rate else None


def read(given: Mapping[str, Any]) -> FaultPlan:
    """A plan as the controls take it. Raises ApiError for what is none."""
    unknown = given.keys() - {"seed", "rate", "kinds", "path", "method"}
    if unknown:
        raise ApiError(f"A plan of faults has no `{min(unknown)}`.", param=min(unknown))
    rate = float(given["rate"])
    if not 0 <= rate <= 1:
        raise ApiError("`rate` is from 0 to 1.", param="rate")
    kinds: Any = given.get("kinds", tuple(KINDS))
    if not isinstance(kinds, list | tuple) or not kinds or not all(kind in KINDS for kind in kinds):  # pyright: ignore[reportUnknownVariableType]
        raise ApiError(f"`kinds` is a list of {', '.join(KINDS)}.", param="kinds")
    return FaultPlan(
        seed=int(given.get("seed", 0)),
        rate=rate,
        kinds=tuple(kinds),  # pyright: ignore[reportUnknownArgumentType]
        path=str(given.get("path", "/v1/")),
        method=given.get("method"),
    )


def current(world: World) -> FaultPlan | None:
    kept: Document | None = world.recall(_SETTING, None)
    if kept is None:
        return None
    more: dict[str, Any] = {**kept, "kinds": tuple(kept["kinds"])}
    return FaultPlan(**more)


def begin(world: World, plan: FaultPlan) -> None:
    with world.store.transaction():
        world.remember(_SETTING, plan.to_json())


def end(world: World) -> None:
    world.remember(_SETTING, None)


def draw(world: World, method: str, path: str) -> Fault | None:
    """What the plan has for this call, which is counted; in the caller's transaction."""
    plan = current(world)
    if plan is None or not Fault(path=plan.path, method=plan.method).meets(method, path):
        return None
    begin(world, replace(plan, calls=plan.calls + 1))
    kind = plan.kind_of_call(plan.calls)
    return KINDS[kind] if kind else None
