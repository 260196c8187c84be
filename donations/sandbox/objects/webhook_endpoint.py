"""Webhook endpoints: any number, each for the types that it names. The secret is told only once."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from donations.sandbox.api.call import Call
from donations.sandbox.api.errors import ApiError, invalid, no_such
from donations.sandbox.api.support import refuse_all_but
from donations.sandbox.document import Document
from donations.sandbox.ids import new_id
from donations.sandbox.objects import metadata
from donations.sandbox.settings import SUPPORTED_VERSIONS
from donations.sandbox.webhooks import deliveries, endpoints
from donations.sandbox.webhooks.endpoints import KIND
from donations.sandbox.world import World

_MOST_ENDPOINTS = 16
_NAME = "webhook endpoint"
_CHANGEABLE = ("description", "disabled", "enabled_events", "metadata", "url")


def create(call: Call) -> Document:
    given = call.parameters
    refuse_all_but(given, ["api_version", "description", "enabled_events", "metadata", "url"])
    version = given.get("api_version")
    if version is not None and version not in SUPPORTED_VERSIONS:
        raise invalid(f"The sandbox does not write events of {version}.", "api_version")
    return open_endpoint(
        call.world,
        checked_url(given["url"]),
        api_version=version,
        description=given.get("description"),
        enabled_events=_checked_types(given["enabled_events"]),
        metadata=metadata.checked(given.get("metadata")),
    )


def open_endpoint(world: World, url: str, *, is_thin: bool = False, **more: Any) -> Document:
    """A new endpoint, shown this once with the secret that signs for it."""
    if len(world.store.search(KIND)) >= _MOST_ENDPOINTS:
        raise ApiError("You have reached the maximum of 16 test webhook endpoints.")
    secret = new_id("whsec")
    made = endpoints.save(world, new_id("we"), url=url, secret=secret, is_thin=is_thin, **more)
    return {**made, "secret": secret}


def retrieve(call: Call) -> Document:
    return _required(call)


def update(call: Call) -> Document:
    given = call.parameters
    refuse_all_but(given, _CHANGEABLE)
    after = dict(_required(call))
    if "url" in given:
        after["url"] = checked_url(given["url"])
    if "enabled_events" in given:
        after["enabled_events"] = _checked_types(given["enabled_events"])
    if "disabled" in given:
        after["status"] = "disabled" if given["disabled"] else "enabled"
    if "description" in given:
        after["description"] = given["description"]
    if "metadata" in given:
        wanted = given["metadata"]
        after["metadata"] = {} if wanted is None else metadata.merged(after["metadata"], wanted)
    return call.world.store.save(after)


def delete(call: Call) -> Document:
    return close_endpoint(call.world, _required(call)["id"])


def close_endpoint(world: World, endpoint_id: str) -> Document:
    """Gone for good, and what was on its way there is given up."""
    endpoints.remove(world, endpoint_id)
    deliveries.give_up_all(world, endpoint_id, "the endpoint was deleted")
    return {"id": endpoint_id, "object": KIND, "deleted": True}


def checked_url(url: str | None) -> str:
    """Test mode takes plain HTTP too, and any host: it is the developer's own."""
    try:
        parts = urlsplit(url or "")
        is_complete = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_complete = False
    if not is_complete or url is None:
        raise invalid(
            "Invalid URL: An explicit scheme (such as https) must be provided.", "url", "url_invalid"
        )
    return url


def _checked_types(types: list[str]) -> list[str]:
    if not types:
        raise invalid("You must specify at least one event type.", "enabled_events")
    if "*" in types and len(types) > 1:
        raise invalid("You cannot combine `*` with other event types.", "enabled_events")
    return types


def _required(call: Call) -> Document:
    endpoint_id = call.path["webhook_endpoint"]
    found = call.world.store.find(endpoint_id)
    if found is None or found["object"] != KIND:
        raise no_such(_NAME, endpoint_id, KIND)
    return found
