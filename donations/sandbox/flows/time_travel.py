"""Test clocks through the API: make one, move it forward, and delete it with all that lives by it.

Moving answers `advancing` at once; the life in between is lived before the next call is answered,
and the clock is `ready` then.
"""

from __future__ import annotations

from donations.sandbox.api.call import Call
from donations.sandbox.api.errors import ApiError, invalid
from donations.sandbox.document import Document
from donations.sandbox.flows.cycle import run_next
from donations.sandbox.objects.lookup import required
from donations.sandbox.objects.subscription import ENDED, end_now
from donations.sandbox.objects.test_clock import KIND, new_clock
from donations.sandbox.periods import next_boundary
from donations.sandbox.store import Condition
from donations.sandbox.tasks import schedule
from donations.sandbox.webhooks.events import emit, emit_update
from donations.sandbox.world import World

_MOST_YEARS = 2


def create(call: Call) -> Document:
    if "customer" in call.parameters:
        raise invalid("The sandbox attaches only new customers, by their `test_clock`.", "customer")
    if call.parameters["frozen_time"] <= 0:
        raise invalid("Invalid timestamp: must be an integer Unix timestamp.", "frozen_time")
    clock = new_clock(call.world, call.parameters["frozen_time"], call.parameters.get("name"))
    emit(call.world, f"{KIND}.created", clock)
    return clock


def advance(call: Call) -> Document:
    world = call.world
    clock = required(world, KIND, call.path["test_clock"], "test_clock")
    target = call.parameters["frozen_time"]
    if clock["status"] != "ready":
        raise ApiError("Test clock advancement underway - cannot advance it again.", status=429)
    if target <= clock["frozen_time"]:
        raise ApiError(
            f"The `frozen_time` must be after the current frozen time of the test clock"
            f" ({clock['frozen_time']}).",
            param="frozen_time",
        )
    if target > (furthest := _furthest(world, clock)):
        raise ApiError(
            "Cannot advance a test clock by more than two intervals of the shortest subscription in it, or"
            f" by two years where there is none: {furthest} is as far as it goes now.",
            param="frozen_time",
        )
    moving = {
        **clock,
        "status": "advancing",
        "status_details": {"advancing": {"target_frozen_time": target}},
    }
    emit(world, f"{KIND}.advancing", world.store.save(moving))
    schedule(world, "advance_test_clock", clock["id"], delay=0)
    return moving


def finish_advance(world: World, clock_id: str) -> None:
    """Live through everything that falls due on the way."""
    moving = world.store.get(clock_id)
    target = moving["status_details"]["advancing"]["target_frozen_time"]
    while run_next(world, clock_id, target):
        pass
    ready: Document = {**moving, "frozen_time": target, "status": "ready", "status_details": {}}
    emit_update(world, f"{KIND}.ready", moving, world.store.save(ready))


def delete(call: Call) -> Document:
    """Its customers go with it, and what they pay for ends."""
    world = call.world
    clock = required(world, KIND, call.path["test_clock"], "test_clock")
    owned = [Condition("test_clock", clock["id"])]
    then = world.on_test_clock(clock["id"], clock["frozen_time"])
    for subscription in world.store.search("subscription", owned):
        if subscription["status"] not in ENDED:
            end_now(then, subscription, "cancellation_requested")
    for customer in world.store.search("customer", owned):
        emit(world, "customer.deleted", customer)
        world.store.bury({"id": customer["id"], "object": "customer", "deleted": True})
    emit(world, f"{KIND}.deleted", clock)
    return world.store.bury({"id": clock["id"], "object": KIND, "deleted": True})


def _furthest(world: World, clock: Document) -> int:
    """Two intervals ahead, counted in the shortest one."""
    now, ends = clock["frozen_time"], list[int]()
    for subscription in world.store.search("subscription", [Condition("test_clock", clock["id"])]):
        if subscription["status"] in ENDED:
            continue
        recurring = subscription["items"]["data"][0]["price"]["recurring"]
        once = next_boundary(now, now, recurring["interval"], recurring["interval_count"])
        ends.append(next_boundary(now, once, recurring["interval"], recurring["interval_count"]))
    return min(ends, default=next_boundary(now, now, "year", _MOST_YEARS))
