"""Controls for webhook endpoints: what the API does too, and thin endpoints, which v1 cannot make."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from donations.sandbox.api.errors import ApiError, missing
from donations.sandbox.document import Document
from donations.sandbox.objects import webhook_endpoint
from donations.sandbox.objects.lookup import referenced
from donations.sandbox.webhooks.endpoints import KIND
from donations.sandbox.world import World


def open_endpoint(world: World, given: dict[str, Any]) -> Document:
    """Add an endpoint, for snapshots or for thin events, and show its secret this once."""
    types: Any = given.get("enabled_events") or ["*"]
    if not isinstance(types, list):
        raise ApiError("`enabled_events` is a list of event types.", param="enabled_events")
    with world.store.transaction():
        return webhook_endpoint.open_endpoint(
            world,
            webhook_endpoint.checked_url(given.get("url")),
            is_thin=bool(given.get("thin", False)),
            enabled_events=types,
        )


def disable(world: World, given: dict[str, Any]) -> Document:
    return _set_status(world, given, "disabled")


def enable(world: World, given: dict[str, Any]) -> Document:
    return _set_status(world, given, "enabled")


def delete(world: World, given: dict[str, Any]) -> Document:
    with world.store.transaction():
        return webhook_endpoint.close_endpoint(world, _named(world, given)["id"])


def _set_status(world: World, given: dict[str, Any], status: str) -> Document:
    with world.store.transaction():
        return world.store.save({**_named(world, given), "status": status})


def _named(world: World, given: dict[str, Any]) -> Document:
    endpoint_id = given.get("endpoint")
    if not isinstance(endpoint_id, str):
        raise missing("endpoint")
    return referenced(world, KIND, endpoint_id, "endpoint")


ENDPOINT_CONTROLS: dict[str, Callable[[World, dict[str, Any]], Document]] = {
    "endpoints": open_endpoint,
    "endpoints/delete": delete,
    "endpoints/disable": disable,
    "endpoints/enable": enable,
}
