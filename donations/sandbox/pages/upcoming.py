"""What the clock's buttons mean: a day, a month, and up to the next thing that renews or is charged."""

from __future__ import annotations

from donations.sandbox.periods import next_boundary
from donations.sandbox.world import World

DAY = 86_400

_NEXT = """
SELECT min(at) FROM (
    SELECT json_extract(body, '$.items.data[0].current_period_end') AS at FROM objects
    WHERE kind = 'subscription' AND json_extract(body, '$.test_clock') IS NULL
    AND json_extract(body, '$.status') NOT IN ('canceled', 'incomplete', 'incomplete_expired')
    UNION ALL
    SELECT json_extract(body, '$.automatically_finalizes_at') FROM objects
    WHERE kind = 'invoice' AND json_extract(body, '$.test_clock') IS NULL
    AND json_extract(body, '$.status') = 'draft'
    UNION ALL
    SELECT json_extract(body, '$.next_payment_attempt') FROM objects
    WHERE kind = 'invoice' AND json_extract(body, '$.test_clock') IS NULL
    AND json_extract(body, '$.status') = 'open'
) WHERE at > ?
"""


def next_renewal(world: World) -> int | None:
    """The earliest end of a period, draft to finalize or retry, of what lives by the sandbox's clock."""
    return world.store.execute(_NEXT, (world.now(),))[0][0]


def seconds_to(world: World, goal: str) -> int | None:
    """How far to move the clock for a `day`, a `month` or the `next` renewal; None if there is none."""
    now = world.now()
    if goal == "day":
        return DAY
    if goal == "month":
        return next_boundary(now, now, "month", 1) - now
    ahead = next_renewal(world)
    return None if ahead is None else ahead - now
