"""The queue of deliveries: durable, in order of position, and breakable by the controls.

States: `pending` → `delivered` | `given_up`; `held` waits for a flush, `dropped` for a resend.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

from donations.sandbox.document import Document
from donations.sandbox.webhooks import endpoints, plan
from donations.sandbox.webhooks.plan import Fate
from donations.sandbox.world import World

STATES = ("pending", "held", "delivered", "given_up", "dropped")
_COLUMNS = ("id", "event", "endpoint", "state", "attempts", "answer", "next_at")
_SELECT = "SELECT id, event_id, endpoint_id, state, attempts, answer, next_at FROM deliveries"


@dataclass(frozen=True, slots=True)
class Delivery:
    id: int
    event_id: str
    endpoint_id: str
    attempts: int


def enqueue(world: World, event: Document, endpoint_id: str) -> None:
    """Queue an event as the plan in force says: once, twice, later, or not at all."""
    fate = plan.decide(world, event["type"])
    for _ in range(fate.copies):
        _insert(world, event["id"], endpoint_id, fate)


def _insert(world: World, event_id: str, endpoint_id: str, fate: Fate) -> None:
    # The place in line comes from the newest row, not from the farthest position: one that was sent
    # back must be overtaken by those that follow.
    world.store.execute(
        "INSERT INTO deliveries (event_id, endpoint_id, state, next_at, position)"
        " VALUES (?, ?, ?, ?, (SELECT coalesce(max(id), 0) + 1 FROM deliveries) + ?)",
        (
            event_id,
            endpoint_id,
            fate.state,
            time.time() + fate.delay if fate.delay else 0.0,
            fate.places_behind,
        ),
    )


_FRESH = """
SELECT id, event_id, endpoint_id, attempts, position FROM deliveries
WHERE state = 'pending' AND endpoint_id = ? AND next_at = 0 ORDER BY position, id LIMIT 1
"""
_COME_ROUND = """
SELECT id, event_id, endpoint_id, attempts, position FROM (
    SELECT * FROM deliveries WHERE state = 'pending' AND endpoint_id = ? AND next_at > 0 AND next_at <= ?
    ORDER BY next_at, position LIMIT 100
) ORDER BY position, id LIMIT 1
"""


def next_due(world: World, endpoint_id: str, wall_time: float) -> Delivery | None:
    """What an endpoint is sent next: the first in line of what is new and what has come round again.

    Each of the two is a step in an index, so a year of deliveries that wait costs no more than one.
    """
    rows = world.store.execute(_FRESH, (endpoint_id,))
    rows += world.store.execute(_COME_ROUND, (endpoint_id, wall_time))
    if not rows:
        return None
    first = min(rows, key=lambda row: (row[4], row[0]))
    return Delivery(*first[:4])


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
        world.store.execute(
            "INSERT INTO attempts (delivery_id, made_at, answer) VALUES (?, ?, ?)",
            (delivery.id, wall_time, answer),
        )


def give_up(world: World, delivery: Delivery, reason: str) -> None:
    """No more tries: there is nobody to deliver it to."""
    with world.store.transaction():
        world.store.execute(
            "UPDATE deliveries SET state = 'given_up', next_at = 0, answer = ? WHERE id = ?",
            (reason, delivery.id),
        )


def give_up_all(world: World, endpoint_id: str, reason: str) -> None:
    """For an endpoint that is gone, in the caller's transaction."""
    world.store.execute(
        "UPDATE deliveries SET state = 'given_up', next_at = 0, answer = ?"
        " WHERE state IN ('pending', 'held') AND endpoint_id = ?",
        (reason, endpoint_id),
    )


def flush(world: World, *, order: str = "kept", seed: int = 0, duplicate: bool = False) -> int:
    """Release what is held: as it happened, `reversed`, or `shuffled` by a seed. Returns how many."""
    with world.store.transaction():
        held = [
            (row[0], row[1])
            for row in world.store.execute(
                "SELECT event_id, endpoint_id FROM deliveries WHERE state = 'held' ORDER BY position, id"
            )
        ]
        world.store.execute("DELETE FROM deliveries WHERE state = 'held'")
        released = _arranged(held * 2 if duplicate else held, order, seed)
        for event_id, endpoint_id in released:
            _insert(world, event_id, endpoint_id, Fate())
    return len(released)


def _arranged(held: Sequence[tuple[str, str]], order: str, seed: int) -> list[tuple[str, str]]:
    arranged = list(held)
    if order == "reversed":
        arranged.reverse()
    elif order == "shuffled":
        random.Random(seed).shuffle(arranged)  # noqa: S311  # Repeatable on purpose.
    return arranged


def resend(world: World, event: Document, endpoint_id: str | None = None) -> int:
    """Deliver an event once more, whatever became of it before, in any mode; to one endpoint or all."""
    with world.store.transaction():
        listening = [
            endpoint
            for endpoint in endpoints.listening_to(world, event["type"])
            if endpoint_id in {None, endpoint.id}
        ]
        for endpoint in listening:
            _insert(world, event["id"], endpoint.id, Fate())
    return len(listening)


def undelivered(world: World, event_id: str) -> int:
    """How many endpoints have not taken it yet."""
    rows = world.store.execute(
        "SELECT count(DISTINCT endpoint_id) FROM deliveries AS waiting WHERE event_id = ? AND NOT EXISTS"
        " (SELECT 1 FROM deliveries WHERE event_id = waiting.event_id"
        " AND endpoint_id = waiting.endpoint_id AND state = 'delivered')",
        (event_id,),
    )
    return rows[0][0]


def overview(world: World) -> list[Document]:
    """All, newest first."""
    return _read(world.store.execute(f"{_SELECT} ORDER BY position DESC, id DESC"))


def of_event(world: World, event_id: str) -> list[Document]:
    return _read(world.store.execute(f"{_SELECT} WHERE event_id = ? ORDER BY id", (event_id,)))


def page(
    world: World, *, state: str | None, older_than: int | None, newer_than: int | None, limit: int
) -> list[Document]:
    """Newest first; with `newer_than`, the ones nearest to it, still newest first."""
    order = "ASC" if newer_than is not None else "DESC"
    rows = world.store.execute(
        f"{_SELECT} WHERE (?1 IS NULL OR state = ?1) AND (?2 IS NULL OR id < ?2) AND (?3 IS NULL OR id > ?3)"
        f" ORDER BY id {order} LIMIT ?4",
        (state, older_than, newer_than, limit),
    )
    found = _read(rows)
    return found[::-1] if newer_than is not None else found


def attempts_of(world: World, delivery_id: int) -> list[Document]:
    """Every try, oldest first, with the receiver's answer."""
    rows = world.store.execute(
        "SELECT made_at, answer FROM attempts WHERE delivery_id = ? ORDER BY id", (delivery_id,)
    )
    return [{"made_at": made_at, "answer": answer} for made_at, answer in rows]


def counts(world: World) -> dict[str, int]:
    found = dict(world.store.execute("SELECT state, count(*) FROM deliveries GROUP BY state"))
    return {state: found.get(state, 0) for state in STATES}


def _read(rows: Sequence[Sequence[object]]) -> list[Document]:
    return [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
