"""One API call as its handler sees it: the checked parameters and the ids in the path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from donations.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Call:
    world: World
    path: Mapping[str, str]
    parameters: dict[str, Any]
