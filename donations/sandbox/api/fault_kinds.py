"""What can go wrong with one answer, and the usual kinds of it by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from donations.sandbox.api.errors import ApiError

_LONGEST_WAIT = 60.0


@dataclass(frozen=True, slots=True)
class Fault:
    status: int | None = None
    count: int = 1
    """How many calls it meets; 0 is until it is cleared."""
    path: str = "/v1/"
    """How the paths begin that it meets."""
    method: str | None = None
    delay: float = 0.0
    """Seconds of silence before the work."""
    trickle: float = 0.0
    """Seconds over which the answer's body arrives, piece by piece."""
    half: bool = False
    """The work is done, half of the body is sent, and the connection is closed."""
    reset: str | None = None
    """`before`: the connection drops before the work. `after`: the work is done first."""
    retry_after: int | None = None

    def meets(self, method: str, path: str) -> bool:
        return path.startswith(self.path) and self.method in {None, method}

    def in_words(self) -> str:
        """As the controls tell what was done."""
        parts = [
            str(self.status) if self.status else "",
            f"reset_{self.reset}" if self.reset else "",
            "half_body" if self.half else "",
            f"silent for {self.delay:g} s" if self.delay else "",
            f"trickling for {self.trickle:g} s" if self.trickle else "",
        ]
        return ", ".join(part for part in parts if part) or "nothing"


KINDS: Mapping[str, Fault] = {
    "500": Fault(status=500),
    "429": Fault(status=429, retry_after=1),
    "409": Fault(status=409),
    "reset_before": Fault(reset="before"),
    "reset_after": Fault(reset="after"),
    "half_body": Fault(half=True),
    "slow": Fault(delay=1.0),
    "trickle": Fault(trickle=1.0),
}


def read(given: Mapping[str, Any]) -> Fault:
    """A fault as the controls take it: a `kind` by name, or its parts. Raises ApiError for what is none."""
    parts = dict(given)
    kind = parts.pop("kind", None)
    if kind is not None and kind not in KINDS:
        raise ApiError(f"`kind` is one of {', '.join(KINDS)}.", param="kind")
    for name, as_type in _TYPES.items():
        if parts.get(name) is not None:
            parts[name] = as_type(parts[name])
    fault = replace(KINDS[kind] if kind else Fault(), **parts)
    _check(fault)
    return fault


_TYPES: Mapping[str, Callable[[Any], Any]] = {
    "count": int, "delay": float, "method": str.upper, "path": str, "retry_after": int, "status": int,
    "trickle": float,
}  # fmt: skip


def _check(fault: Fault) -> None:
    if fault.status is not None and not 400 <= fault.status <= 599:
        raise ApiError("`status` is from 400 to 599.", param="status")
    if fault.reset not in {None, "before", "after"}:
        raise ApiError("`reset` is before or after.", param="reset")
    for name, wait in (("delay", fault.delay), ("trickle", fault.trickle)):
        if not 0 <= wait <= _LONGEST_WAIT:
            raise ApiError(f"`{name}` is from 0 to {_LONGEST_WAIT:g} seconds.", param=name)
    if fault.count < 0:
        raise ApiError("`count` is 0, for ever, or more.", param="count")
