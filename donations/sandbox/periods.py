"""Billing periods, counted from the anchor so that the 31st comes back after February."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime, timedelta

_ROUGHLY = {"day": 86_400, "week": 7 * 86_400, "month": 31 * 86_400, "year": 366 * 86_400}
"""No interval is longer, so that dividing by it never overshoots."""


def next_boundary(anchor: int, start: int, interval: str, count: int) -> int:
    """The first boundary after `start` of a cycle through `anchor`, which may itself lie ahead."""
    steps = (start - anchor) // (_ROUGHLY[interval] * count)
    if steps < 0:
        # A guess by the longest interval may stop short of boundaries that lie before the anchor.
        steps -= 1 - steps // 28
    while (boundary := _after(anchor, interval, count * steps)) <= start:
        steps += 1
    return boundary


def _after(anchor: int, interval: str, count: int) -> int:
    moment = datetime.fromtimestamp(anchor, UTC)
    if interval in {"day", "week"}:
        return int((moment + timedelta(days=count * (7 if interval == "week" else 1))).timestamp())
    months = moment.month - 1 + count * (12 if interval == "year" else 1)
    year, month = moment.year + months // 12, months % 12 + 1
    day = min(moment.day, monthrange(year, month)[1])
    return int(moment.replace(year=year, month=month, day=day).timestamp())
