"""Trouble on request: the next answers are errors, late, cut off, or no answer at all.

A fault of 409 or 429 comes before the request starts, so an Idempotency-Key is not used up; a 5xx
comes as if the work had begun, and is replayed. Reset `after`, a half body and a trickle do the work
first: the cases in which a caller cannot know.

Faults are told one by one (`add`), or drawn from a seed (`fault_plan`); the former go first.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from typing import Any

from donations.sandbox.api import fault_plan
from donations.sandbox.api.errors import ApiError
from donations.sandbox.api.fault_kinds import Fault
from donations.sandbox.document import Document
from donations.sandbox.world import World

_BEFORE_START = frozenset({409, 429})
_DONE_KEPT = 1000


def add(world: World, fault: Fault) -> None:
    with world.store.transaction():
        world.store.execute("INSERT INTO faults (body) VALUES (?)", (json.dumps(asdict(fault)),))


def clear(world: World) -> None:
    """Take back every fault and the plan, and forget what they did."""
    with world.store.transaction():
        world.store.execute("DELETE FROM faults")
        world.store.execute("DELETE FROM faults_done")
        fault_plan.end(world)


def waiting(world: World) -> list[Document]:
    return [json.loads(row[0]) for row in world.store.execute("SELECT body FROM faults ORDER BY id")]


def done(world: World) -> list[Document]:
    """What was done to whom, oldest first."""
    return [json.loads(row[0]) for row in world.store.execute("SELECT body FROM faults_done ORDER BY id")]


def report(world: World) -> Document:
    plan = fault_plan.current(world)
    return {"waiting": waiting(world), "plan": plan and plan.to_json(), "done": done(world)}


def take(world: World, method: str, path: str) -> Fault | None:
    """What this call meets: the oldest fault that fits, with one of its count used up; else the plan's."""
    with world.store.transaction():
        drawn = fault_plan.draw(world, method, path)
        fault = _take_told(world, method, path) or drawn
        if fault is not None:
            _note(world, method, path, fault)
        return fault


def _take_told(world: World, method: str, path: str) -> Fault | None:
    for row_id, body in world.store.execute("SELECT id, body FROM faults ORDER BY id"):
        fault = Fault(**json.loads(body))
        if fault.meets(method, path):
            _use_up(world, row_id, fault)
            return fault
    return None


def _use_up(world: World, row_id: int, fault: Fault) -> None:
    if fault.count == 1:
        world.store.execute("DELETE FROM faults WHERE id = ?", (row_id,))
    elif fault.count > 1:
        left: dict[str, Any] = {**asdict(fault), "count": fault.count - 1}
        world.store.execute("UPDATE faults SET body = ? WHERE id = ?", (json.dumps(left), row_id))


def _note(world: World, method: str, path: str, fault: Fault) -> None:
    noted = {"at": world.now(), "method": method, "path": path, "fault": fault.in_words()}
    world.store.execute("INSERT INTO faults_done (body) VALUES (?)", (json.dumps(noted),))
    world.store.execute(
        "DELETE FROM faults_done WHERE id <= (SELECT max(id) FROM faults_done) - ?", (_DONE_KEPT,)
    )


def wait(fault: Fault | None) -> None:
    """The silence before the work."""
    if fault is not None and fault.delay:
        time.sleep(fault.delay)


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
