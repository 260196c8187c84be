"""Test clocks: a time of their own for a few customers and everything that is theirs."""

from __future__ import annotations

from donations.sandbox.document import Document
from donations.sandbox.ids import new_id
from donations.sandbox.world import World

KIND = "test_helpers.test_clock"
_DAYS_KEPT = 30


def new_clock(world: World, frozen_time: int, name: str | None) -> Document:
    return world.store.save(
        {
            "id": new_id("clock"),
            "object": KIND,
            "created": world.now(),
            "deletes_after": world.now() + _DAYS_KEPT * 86_400,
            "frozen_time": frozen_time,
            "livemode": False,
            "name": name,
            "status": "ready",
            "status_details": {},
        }
    )


def in_time_of(world: World, owner: Document) -> World:
    """The world as an object sees it that may live on a test clock."""
    clock_id = owner.get("test_clock")
    clock = world.store.find(clock_id) if clock_id and world.test_clock is None else None
    if clock is None:
        return world
    return world.on_test_clock(clock["id"], clock["frozen_time"])
