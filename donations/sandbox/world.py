"""What every part of the sandbox is handed: its store, its clock and its settings."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from donations.sandbox.clock import Clock
from donations.sandbox.settings import Settings
from donations.sandbox.store import Store


@dataclass(frozen=True, slots=True)
class World:
    settings: Settings
    store: Store
    clock: Clock
    base_url: str
    """Where this sandbox is reached; the pages that it sends people to are below it."""

    def now(self) -> int:
        return self.clock.now()

    def remember(self, name: str, value: Any) -> None:
        """Keep a setting of the controls across restarts."""
        self.store.execute(
            "INSERT INTO settings VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, json.dumps(value)),
        )

    def recall(self, name: str, default: Any) -> Any:
        rows: Sequence[tuple[Any, ...]] = self.store.execute(
            "SELECT value FROM settings WHERE name = ?", (name,)
        )
        return json.loads(rows[0][0]) if rows else default
