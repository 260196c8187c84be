"""Move the sandbox's own clock forward, and live through everything on the way.

In batches, each a transaction of its own: calls of the API are answered in between, deliveries
leave, and whoever asked sees how far it is.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from donations.sandbox.document import Document
from donations.sandbox.objects.invoice import SECONDS_AS_DRAFT
from donations.sandbox.ticker import live, next_at
from donations.sandbox.world import World

BATCH = 200
_A_MOMENT = 60


@dataclass(frozen=True, slots=True)
class Progress:
    now: int
    to: int
    steps: int
    """How many things happened on the way."""
    done: bool

    def to_json(self) -> Document:
        return asdict(self)


def travel(world: World, to: int, *, most: int | None = None) -> Progress:
    """Live until an instant, or through `most` steps of the way to it."""
    steps = 0
    while True:
        allowed = BATCH if most is None else min(BATCH, most - steps)
        done, arrived = _batch(world, to, allowed)
        steps += done
        if arrived or (most is not None and steps >= most):
            return Progress(world.now(), to, steps, arrived)


def next_renewal(world: World) -> int | None:
    """Shortly after the next renewal is charged, or None if nothing renews."""
    rows = world.store.execute(
        "SELECT min(json_extract(body, '$.items.data[0].current_period_end')) FROM objects"
        " WHERE kind = 'subscription' AND json_extract(body, '$.test_clock') IS NULL"
        " AND json_extract(body, '$.status') IN ('active', 'past_due', 'trialing', 'unpaid')"
    )
    at: int | None = rows[0][0]
    return None if at is None else max(at, world.now()) + SECONDS_AS_DRAFT + _A_MOMENT


def _batch(world: World, to: int, most: int) -> tuple[int, bool]:
    """Returns how many steps were taken, and whether `to` is reached."""
    with world.store.transaction():
        steps = live(world, to, most=most)
        waiting = next_at(world, to)
        world.remember("clock_offset", world.clock.move_to(to if waiting is None else waiting))
    return steps, waiting is None
