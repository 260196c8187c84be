"""The queue of deliveries: durable, in order of position, and breakable by the controls.

States: `pending` → `delivered` | `given_up`; `held` waits for a flush, `dropped` for a resend.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from donations.sandbox.document import Document
from donations.sandbox.webhooks import endpoints
from donations.sandbox.world import World


class Mode(StrEnum):
    NORMAL = "normal"
    DROP = "drop"
    HOLD = "hold"


_FIRST_STATE = {Mode.NORMAL: "pending", Mode.HOLD: "held", Mode.DROP: "dropped"}


@dataclass(frozen=True, slots=True)
class Delivery:
    id: int
    event_id: str
    endpoint_id: str
    attempts: int


def mode(world: World) -> Mode:
    return Mode(world.recall("delivery_mode", Mode.NORMAL.value))


def set_mode(world: World, new: Mode) -> None:
    with world.store.transaction():
        world.remember("delivery_mode", new.value)


def enqueue(world: World, event_id: str, endpoint_id: str, state: str | None = None) -> None:
    world.store.execute(
        "INSERT INTO deliveries (event_id, endpoint_id, state, position)"
        " VALUES (?, ?, ?, (SELECT coalesce(max(position), 0) + 1 FROM deliveries))",
        (event_id, endpoint_id, state or _FIRST_STATE[mode(world)]),
    )


def next_due(world: World, wall_time: float) -> Delivery | None:
    rows = world.store.execute(
        "SELECT id, event_id, endpoint_id, attempts FROM deliveries"
        " WHERE state = 'pending' AND next_at <= ? ORDER BY position LIMIT 1",
        (wall_time,),
    )
    return Delivery(*rows[0]) if rows else None


def record(world: World, delivery: Delivery, answer: str, *, delivered: bool, wall_time: float) -> None:
    """Note how a try went; after a failed one, say when the next is due, or give up."""
    delays = world.settings.retry_delays
    if delivered:
        state, next_at = "delivered", 0.0
    elif delivery.attempts < len(delays):
        state, next_at = "pending", wall_time + delays[delivery.attempts]
    else:
        state, next_at = "given_up", 0.0
    with world.store.transaction():
        world.store.execute(
            "UPDATE deliveries SET state = ?, attempts = attempts + 1, next_at = ?, answer = ? WHERE id = ?",
            (state, next_at, answer, delivery.id),
        )


def flush(world: World, *, order: str = "kept", seed: int = 0, duplicate: bool = False) -> int:
    """Release what is held: as it happened, `reversed`, or `shuffled` by a seed. Returns how many."""
    with world.store.transaction():
        held = [
            (row[0], row[1])
            for row in world.store.execute(
                "SELECT event_id, endpoint_id FROM deliveries WHERE state = 'held' ORDER BY position"
            )
        ]
        world.store.execute("DELETE FROM deliveries WHERE state = 'held'")
        released = _arranged(held * 2 if duplicate else held, order, seed)
        for event_id, endpoint_id in released:
            enqueue(world, event_id, endpoint_id, "pending")
    return len(released)


def _arranged(held: Sequence[tuple[str, str]], order: str, seed: int) -> list[tuple[str, str]]:
    arranged = list(held)
    if order == "reversed":
        arranged.reverse()
    elif order == "shuffled":
        random.Random(seed).shuffle(arranged)  # noqa: S311  # Repeatable on purpose.
    return arranged


def resend(world: World, event: Document) -> int:
    """Deliver an event once more, whatever became of it before, in any mode."""
    with world.store.transaction():
        listening = endpoints.listening_to(world, event["type"])
        for endpoint in listening:
            enqueue(world, event["id"], endpoint.id, "pending")
    return len(listening)


def undelivered(world: World, event_id: str) -> int:
    rows = world.store.execute(
        "SELECT count(DISTINCT endpoint_id) FROM deliveries WHERE event_id = ? AND state <> 'delivered'",
        (event_id,),
    )
    return rows[0][0]


def overview(world: World, newest: int | None = None) -> list[Document]:
    rows = world.store.execute(
        "SELECT id, event_id, endpoint_id, state, attempts, answer FROM deliveries ORDER BY position DESC"
        " LIMIT ?",
        (-1 if newest is None else newest,),
    )
    names = ("id", "event", "endpoint", "state", "attempts", "answer")
    return [dict(zip(names, row, strict=True)) for row in rows]
