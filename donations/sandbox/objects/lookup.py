"""Find an object that a request names, of the kind that it must be, or answer as Stripe does."""

from __future__ import annotations

from donations.sandbox.api.errors import no_such
from donations.sandbox.document import Document
from donations.sandbox.world import World


def required(world: World, kind: str, object_id: str, param: str = "id") -> Document:
    """The object at a URL. Raises Stripe's 404, for what was deleted too."""
    found = world.store.find(object_id)
    if found is None or found["object"] != kind or found.get("deleted"):
        raise no_such(kind, object_id, param)
    return found


def referenced(world: World, kind: str, object_id: str, param: str) -> Document:
    """The object that a parameter names. Raises Stripe's 400."""
    found = world.store.find(object_id)
    if found is None or found["object"] != kind or found.get("deleted"):
        raise no_such(kind, object_id, param, status=400)
    return found
