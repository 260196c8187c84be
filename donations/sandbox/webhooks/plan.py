"""How deliveries are broken: which of them, by which share, and in what way. Repeatable by its seed.

Each delivery that a plan meets draws its own numbers from the seed and its place in line, so the
same events in the same order meet the same fate, whatever the machine is doing meanwhile.
"""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

from donations.sandbox.api.errors import ApiError
from donations.sandbox.document import Document
from donations.sandbox.world import World


class Mode(StrEnum):
    NORMAL = "normal"
    DROP = "drop"
    HOLD = "hold"


_FIRST_STATE = {Mode.NORMAL: "pending", Mode.HOLD: "held", Mode.DROP: "dropped"}
_LARGEST_REORDER = 1000
_LONGEST_DELAY = 86400.0


@dataclass(frozen=True, slots=True)
class Plan:
    mode: Mode = Mode.NORMAL
    """What becomes of the chosen deliveries; the others are delivered."""
    types: tuple[str, ...] = ()
    """Which events are meant: `charge.*` and full names; none is all."""
    share: float = 1.0
    """How many of those, from 0 to 1, by the seed."""
    seed: int = 0
    delay: float = 0.0
    """Seconds before the first try."""
    duplicate: float = 0.0
    """How many of the meant, from 0 to 1, are delivered twice."""
    reorder: int = 0
    """How many places a delivery may fall behind, among what happened at once or still waits."""
    met: int = 0
    """How many deliveries this plan has decided about."""

    def to_json(self) -> Document:
        return {**asdict(self), "mode": self.mode.value, "types": list(self.types)}

    def means(self, type: str) -> bool:
        return not self.types or any(fnmatchcase(type, wanted) for wanted in self.types)


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one delivery."""

    state: str = "pending"
    delay: float = 0.0
    places_behind: int = 0
    copies: int = 1


def current(world: World) -> Plan:
    kept: Document | None = world.recall("delivery_plan", None)
    if kept is None:
        return Plan()
    more: dict[str, Any] = {**kept, "mode": Mode(kept["mode"]), "types": tuple(kept["types"])}
    return Plan(**more)


def put_in_force(world: World, plan: Plan) -> None:
    with world.store.transaction():
        world.remember("delivery_plan", plan.to_json())


def decide(world: World, type: str) -> Fate:
    """The fate of the next delivery, in the caller's transaction."""
    plan = current(world)
    if plan == Plan() or not plan.means(type):
        return Fate()
    put_in_force(world, replace(plan, met=plan.met + 1))
    draw = random.Random(f"{plan.seed}:{plan.met}")  # noqa: S311  # Repeatable on purpose.
    is_chosen, is_doubled = draw.random() < plan.share, draw.random() < plan.duplicate
    return Fate(
        state=_FIRST_STATE[plan.mode] if is_chosen else "pending",
        delay=plan.delay if is_chosen else 0.0,
        places_behind=draw.randint(0, plan.reorder),
        copies=2 if is_doubled else 1,
    )


def read(given: dict[str, Any]) -> Plan:
    """A plan as the controls take it. Raises ApiError for what is none."""
    unknown = given.keys() - Plan.__dataclass_fields__.keys() | given.keys() & {"met"}
    if unknown:
        raise ApiError(f"A plan of deliveries has no `{min(unknown)}`.", param=min(unknown))
    types: Any = given.get("types", ())
    if not isinstance(types, list | tuple) or not all(isinstance(type, str) for type in types):  # pyright: ignore[reportUnknownVariableType]
        raise ApiError("`types` is a list of event types.", param="types")
    return Plan(
        mode=Mode(given.get("mode", Mode.NORMAL)),
        types=tuple(types),  # pyright: ignore[reportUnknownArgumentType]
        share=_number(given, "share", 1.0, most=1.0),
        seed=int(given.get("seed", 0)),
        delay=_number(given, "delay", 0.0, most=_LONGEST_DELAY),
        duplicate=_number(given, "duplicate", 0.0, most=1.0),
        reorder=int(_number(given, "reorder", 0, most=_LARGEST_REORDER)),
    )


def _number(given: dict[str, Any], name: str, default: float, *, most: float) -> float:
    value = float(given.get(name, default))
    if not 0 <= value <= most:
        raise ApiError(f"`{name}` is from 0 to {most:g}.", param=name)
    return value
