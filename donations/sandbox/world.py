"""What every part of the sandbox is handed: its store, its clock and its settings."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

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
    moment: int | None = None
    """An instant at which time stands still: what was due then is done as of then."""
    test_clock: str | None = None
    """The test clock whose time this is, or None for the sandbox's own."""

    def now(self) -> int:
        return self.clock.now() if self.moment is None else self.moment

    def stamp(self) -> int:
        """The time of events, and of what happens outside billing: no test clock moves it."""
        return self.now() if self.test_clock is None else self.clock.now()

    def at(self, moment: int) -> Self:
        return replace(self, moment=moment)

    def on_test_clock(self, clock_id: str, moment: int) -> Self:
        return replace(self, moment=moment, test_clock=clock_id)

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
