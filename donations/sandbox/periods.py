"""Billing periods, counted from the anchor so that the 31st comes back after February."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime, timedelta


def next_boundary(anchor: int, start: int, interval: str, count: int) -> int:
    """The first renewal after `start` of a cycle anchored at `anchor`."""
    steps = 1
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
