"""What the clock's buttons mean: a day, a month, and up to the next gift that is charged."""

from __future__ import annotations

from donations.sandbox import travel
from donations.sandbox.periods import next_boundary
from donations.sandbox.world import World

DAY = 86_400
_A_MOMENT = 60

_NEXT_INVOICE = """
SELECT min(CASE json_extract(body, '$.status')
    WHEN 'draft' THEN json_extract(body, '$.automatically_finalizes_at')
    WHEN 'open' THEN json_extract(body, '$.next_payment_attempt') END)
FROM objects WHERE kind = 'invoice' AND json_extract(body, '$.test_clock') IS NULL
"""


def next_charge(world: World) -> int | None:
    """Shortly after the next renewal, draft or retry is charged, of what lives by the sandbox's clock."""
    waiting: int | None = world.store.execute(_NEXT_INVOICE)[0][0]
    moments = [travel.next_renewal(world), waiting and max(waiting, world.now()) + _A_MOMENT]
    return min((moment for moment in moments if moment), default=None)


def seconds_to(world: World, goal: str) -> int | None:
    """How far to move the clock for a `day`, a `month` or the `next` charge; None if there is none."""
    now = world.now()
    if goal == "day":
        return DAY
    if goal == "month":
        return next_boundary(now, now, "month", 1) - now
    ahead = next_charge(world)
    return None if ahead is None else ahead - now
