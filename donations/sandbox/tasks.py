"""What Stripe does a little later by itself, kept in the store until the clock says so."""

from __future__ import annotations

from collections.abc import Callable

from donations.sandbox.world import World

Task = Callable[[World, str], None]


def schedule(world: World, name: str, argument: str, *, delay: float) -> None:
    """Tasks are always due on the sandbox's own clock, also those that a test clock's life asks for."""
    world.store.execute(
        "INSERT INTO tasks (due_at, name, argument) VALUES (?, ?, ?)", (world.stamp() + delay, name, argument)
    )


def next_at(world: World, until: int) -> float | None:
    """When the next task is due, if that is not after `until`."""
    rows = world.store.execute("SELECT min(due_at) FROM tasks WHERE due_at <= ?", (until,))
    return rows[0][0]


def take(world: World, until: int) -> tuple[str, str] | None:
    """Remove the next task from the list, in the caller's transaction. Returns its name and argument."""
    rows = world.store.execute(
        "SELECT id, name, argument FROM tasks WHERE due_at <= ? ORDER BY due_at, id LIMIT 1", (until,)
    )
    if not rows:
        return None
    world.store.execute("DELETE FROM tasks WHERE id = ?", (rows[0][0],))
    return rows[0][1], rows[0][2]
