"""Events: what happened, with the object as it was at that moment."""

from __future__ import annotations

from typing import Any

from donations.sandbox.document import Document
from donations.sandbox.ids import new_id
from donations.sandbox.settings import API_VERSION
from donations.sandbox.webhooks import deliveries, endpoints
from donations.sandbox.webhooks.cause import CAUSE
from donations.sandbox.world import World


def emit(world: World, type: str, subject: Document, previous: Document | None = None) -> Document:
    """Write the event and queue its deliveries, in the caller's transaction."""
    cause = CAUSE.get()
    listening = endpoints.listening_to(world, type)
    # No copy: the event is written down here and now, whatever becomes of its object later.
    data: Document = {"object": subject}
    if previous is not None:
        data["previous_attributes"] = previous
    event: Document = {
        "id": new_id("evt"),
        "object": "event",
        "api_version": API_VERSION,
        "created": world.stamp(),
        "data": data,
        "livemode": False,
        "pending_webhooks": len(listening),
        "request": {"id": cause.request_id, "idempotency_key": cause.idempotency_key},
        "type": type,
    }
    world.store.save(event)
    for endpoint in listening:
        deliveries.enqueue(world, event, endpoint.id)
    return event


def differences(before: Document, after: Document) -> Document:
    """The `previous_attributes` of an update: the old values of what changed, nested alike."""
    changed: Document = {}
    for name, old in before.items():
        new: Any = after.get(name)
        if old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict):
            changed[name] = differences(old, new)  # pyright: ignore[reportUnknownArgumentType]
        else:
            changed[name] = old
    for name in after.keys() - before.keys():
        changed[name] = None
    return changed


def emit_update(world: World, type: str, before: Document, after: Document) -> None:
    """Emit with the differences, and nothing if there are none."""
    previous = differences(before, after)
    if previous:
        emit(world, type, after, previous)
