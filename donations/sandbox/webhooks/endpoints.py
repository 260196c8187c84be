"""Where events go, with the secret and the kind of body that each endpoint wants."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from donations.sandbox.world import World

_FROM_SETTINGS = "we_settings"


@dataclass(frozen=True, slots=True)
class Endpoint:
    id: str
    url: str
    secret: str
    is_thin: bool
    enabled_events: tuple[str, ...]

    def wants(self, type: str) -> bool:
        return "*" in self.enabled_events or type in self.enabled_events


def adopt_settings(world: World) -> None:
    """The endpoint of the command line replaces the one that an earlier start left behind."""
    settings = world.settings
    with world.store.transaction():
        world.store.execute("DELETE FROM endpoints WHERE id = ?", (_FROM_SETTINGS,))
        if settings.webhook_url:
            world.store.execute(
                "INSERT INTO endpoints (id, url, secret, thin) VALUES (?, ?, ?, ?)",
                (_FROM_SETTINGS, settings.webhook_url, settings.webhook_secret, int(settings.thin)),
            )


def listening_to(world: World, type: str) -> list[Endpoint]:
    rows = world.store.execute("SELECT id, url, secret, thin, enabled_events FROM endpoints ORDER BY id")
    return [endpoint for endpoint in map(_read, rows) if endpoint.wants(type)]


def find(world: World, endpoint_id: str) -> Endpoint | None:
    rows = world.store.execute(
        "SELECT id, url, secret, thin, enabled_events FROM endpoints WHERE id = ?", (endpoint_id,)
    )
    return _read(rows[0]) if rows else None


def _read(row: tuple[Any, ...]) -> Endpoint:
    return Endpoint(row[0], row[1], row[2], bool(row[3]), tuple(json.loads(row[4])))
