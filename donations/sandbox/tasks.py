"""What Stripe does a little later by itself, kept in the store until the clock says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from donations.sandbox.world import World

Task = Callable[[World, str], None]


def schedule(world: World, name: str, argument: str, *, delay: float) -> None:
    world.store.execute(
        "INSERT INTO tasks (due_at, name, argument) VALUES (?, ?, ?)", (world.now() + delay, name, argument)
    )


def run_due(world: World, known: Mapping[str, Task]) -> int:
    """Run what is due, in the caller's transaction, and what that makes due. Returns how many ran."""
    ran = 0
    while True:
        rows = world.store.execute(
            "SELECT id, name, argument FROM tasks WHERE due_at <= ? ORDER BY due_at, id LIMIT 1",
            (world.now(),),
        )
        if not rows:
            return ran
        task_id, name, argument = rows[0]
        world.store.execute("DELETE FROM tasks WHERE id = ?", (task_id,))
        known[name](world, argument)
        ran += 1
