"""Where events go: each endpoint with its secret, its chosen types and the kind of body it wants.

An endpoint is an object like any other, as `GET /v1/webhook_endpoints` shows it; what it must not
show, the secret and the kind of body, is kept beside it. The one of the command line has a fixed id,
so that a restart with another address inherits the deliveries which still wait.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from donations.sandbox.document import Document
from donations.sandbox.world import World

KIND = "webhook_endpoint"
FROM_COMMAND_LINE = "we_commandline"


@dataclass(frozen=True, slots=True)
class Endpoint:
    id: str
    url: str
    secret: str
    is_thin: bool
    is_enabled: bool
    enabled_events: tuple[str, ...]
    api_version: str | None
    """The version that its snapshots name; None is the account's."""

    def wants(self, type: str) -> bool:
        return self.is_enabled and ("*" in self.enabled_events or type in self.enabled_events)


def save(
    world: World,
    endpoint_id: str,
    *,
    url: str,
    secret: str,
    is_thin: bool = False,
    **more: Any,
) -> Document:
    """A new endpoint, enabled and for every type unless `more` says otherwise."""
    document: Document = {
        "id": endpoint_id,
        "object": KIND,
        "api_version": None,
        "application": None,
        "created": world.now(),
        "description": None,
        "enabled_events": ["*"],
        "livemode": False,
        "metadata": {},
        "status": "enabled",
        "url": url,
        **more,
    }
    return world.store.save(document, secret=secret, is_thin=is_thin)


def adopt_settings(world: World) -> None:
    """The endpoint of the command line replaces the one that an earlier start left behind."""
    settings = world.settings
    with world.store.transaction():
        if not settings.webhook_url:
            remove(world, FROM_COMMAND_LINE)
            return
        earlier = world.store.find(FROM_COMMAND_LINE)
        save(
            world,
            FROM_COMMAND_LINE,
            url=settings.webhook_url,
            secret=settings.webhook_secret,
            is_thin=settings.thin,
            description="Given on the command line",
            created=earlier["created"] if earlier else world.now(),
        )


def remove(world: World, endpoint_id: str) -> None:
    """What still waits for it goes on waiting, in case it comes back by the same id."""
    world.store.execute("DELETE FROM objects WHERE id = ? AND kind = ?", (endpoint_id, KIND))


def all_of(world: World) -> list[Endpoint]:
    """Oldest first. Read with every event, so in one query."""
    rows = world.store.execute("SELECT body, private FROM objects WHERE kind = ? ORDER BY seq", (KIND,))
    return [_read(json.loads(body), json.loads(private)) for body, private in rows]


def listening_to(world: World, type: str) -> list[Endpoint]:
    return [endpoint for endpoint in all_of(world) if endpoint.wants(type)]


def find(world: World, endpoint_id: str) -> Endpoint | None:
    found = world.store.find(endpoint_id)
    return _read(found, world.store.private(endpoint_id)) if found else None


def _read(document: Document, private: Document) -> Endpoint:
    return Endpoint(
        id=document["id"],
        url=document["url"],
        secret=private["secret"],
        is_thin=private["is_thin"],
        is_enabled=document["status"] == "enabled",
        enabled_events=tuple(document["enabled_events"]),
        api_version=document["api_version"],
    )
