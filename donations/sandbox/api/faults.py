"""Trouble on request: the next answers are errors, late, or no answer at all.

A fault of 409 or 429 comes before the request starts, so an Idempotency-Key is not used up; a 5xx
comes as if the work had begun, and is replayed. `lost` does the work and then drops the connection:
the case in which a caller cannot know.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from donations.sandbox.api.errors import ApiError
from donations.sandbox.document import Document
from donations.sandbox.world import World

_BEFORE_START = frozenset({409, 429})


@dataclass(frozen=True, slots=True)
class Fault:
    status: int | None = None
    count: int = 1
    """How many calls it meets; 0 is until it is cleared."""
    path: str = "/v1/"
    method: str | None = None
    delay: float = 0.0
    reset: str | None = None
    """`before`: the connection drops before the work. `after` (`lost`): the work is done first."""
    retry_after: int | None = None


def add(world: World, fault: Fault) -> None:
    with world.store.transaction():
        world.store.execute("INSERT INTO faults (body) VALUES (?)", (json.dumps(asdict(fault)),))


def clear(world: World) -> None:
    with world.store.transaction():
        world.store.execute("DELETE FROM faults")


def waiting(world: World) -> list[Document]:
    return [json.loads(row[0]) for row in world.store.execute("SELECT body FROM faults ORDER BY id")]


def take(world: World, method: str, path: str) -> Fault | None:
    """The oldest fault that this call meets, with one of its count used up."""
    with world.store.transaction():
        for row_id, body in world.store.execute("SELECT id, body FROM faults ORDER BY id"):
            fault = Fault(**json.loads(body))
            if path.startswith(fault.path) and fault.method in {None, method}:
                _use_up(world, row_id, fault)
                return fault
    return None


def _use_up(world: World, row_id: int, fault: Fault) -> None:
    if fault.count == 1:
        world.store.execute("DELETE FROM faults WHERE id = ?", (row_id,))
    elif fault.count > 1:
        left: dict[str, Any] = {**asdict(fault), "count": fault.count - 1}
        world.store.execute("UPDATE faults SET body = ? WHERE id = ?", (json.dumps(left), row_id))


def refuse_before_start(fault: Fault | None) -> None:
    if fault is None or fault.status not in _BEFORE_START:
        return
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    if fault.status == 429:
        message = "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits."
        raise ApiError(message, status=429, code="rate_limit", is_kept=False, headers=headers)
    message = (
        "This object cannot be accessed right now because another API request or Stripe process is currently"
        " accessing it. If you see this error intermittently, retry the request."
    )
    raise ApiError(message, status=409, code="lock_timeout", is_kept=False, headers=headers)


def refuse_at_work(fault: Fault | None) -> None:
    if fault is None or fault.status is None or fault.status in _BEFORE_START:
        return
    raise ApiError(
        "Sorry! There was an error while talking to one of our backends. Support has been notified.",
        status=fault.status,
        type="api_error",
    )
