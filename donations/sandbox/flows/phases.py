"""A schedule's phases begin: the subscription takes their prices over, and nothing is prorated.

What begins with a new period is part of that renewal, which then bills the new price. Another rhythm
counts its periods from the phase's start, and where that is in the middle of one, that one ends there.
"""

from __future__ import annotations

from typing import Any

from donations.sandbox.document import Document
from donations.sandbox.objects import metadata
from donations.sandbox.objects.subscription_schedule import KIND, let_go, next_change, running_since
from donations.sandbox.webhooks.events import emit_update
from donations.sandbox.world import World


def entered_by(world: World, before: Document, moment: int) -> Document:
    """The subscription after all changes of phase until an instant. Saves it; does not tell of it."""
    after = before
    while (begins := _next_begin(world, after)) is not None and begins <= moment:
        after = _enter(world, after, begins)
    return after


def as_of(world: World, subscription: Document, moment: int) -> Document:
    """How the subscription is going to be at an instant, for its preview. Saves nothing."""
    after = subscription
    if subscription["schedule"]:
        schedule = world.store.get(subscription["schedule"])
        running = schedule["current_phase"]["start_date"]
        for phase in schedule["phases"]:
            if running < phase["start_date"] <= moment:
                after = _with_phase(world, after, phase)
    return after


def _next_begin(world: World, subscription: Document) -> int | None:
    return world.store.private(subscription["id"]).get("phase_at")


def _enter(world: World, before: Document, begins: int) -> Document:
    schedule = world.store.get(before["schedule"])
    phase = next((phase for phase in schedule["phases"] if phase["start_date"] == begins), None)
    if phase is None:
        let_go(world, schedule, "completed")
        return world.store.save({**before, "schedule": None}, phase_at=None)
    running = world.store.save({**schedule, "current_phase": running_since(phase)})
    emit_update(world, f"{KIND}.updated", schedule, running)
    return world.store.save(_with_phase(world, before, phase), phase_at=next_change(running))


def _with_phase(world: World, before: Document, phase: Document) -> Document:
    begins = phase["start_date"]
    items = [
        {**item, "price": world.store.get(planned["price"]), "quantity": planned["quantity"]}
        for item, planned in zip(before["items"]["data"], phase["items"], strict=True)
    ]
    after = {**before, "metadata": metadata.merged(before["metadata"], phase["metadata"])}
    # A trial is waited for, as with any change of price: its end is the new rhythm's anchor anyway.
    is_in_trial = before["status"] == "trialing" and items[0]["current_period_end"] > begins
    if _rhythm(items) != _rhythm(before["items"]["data"]) and not is_in_trial:
        after["billing_cycle_anchor"] = begins
        items = [{**item, "current_period_end": begins} for item in items]
    return {**after, "items": {**before["items"], "data": items}}


def _rhythm(items: list[Document]) -> tuple[Any, ...]:
    recurring = items[0]["price"]["recurring"]
    return recurring["interval"], recurring["interval_count"]
