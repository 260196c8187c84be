"""Controls for time, and for how often a renewal that failed is tried again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from donations.sandbox.api.errors import ApiError
from donations.sandbox.document import Document
from donations.sandbox.dues import DAY
from donations.sandbox.flows import standing
from donations.sandbox.travel import next_renewal, travel
from donations.sandbox.webhooks import deliveries
from donations.sandbox.world import World

_LONGEST_DAYS = 3660


def advance_clock(world: World, given: dict[str, Any]) -> Document:
    """By `seconds` or `days`, `to` an instant, or `to_next_renewal`; `most` limits the steps of one call.

    With `most`, call again with the `to` of the answer until it says `done`.
    """
    most = None if given.get("most") is None else int(given["most"])
    if most is not None and most < 1:
        raise ApiError("`most` is at least one step.", param="most")
    progress = travel(world, _target(world, given), most=most)
    return {**progress.to_json(), "deliveries_waiting": deliveries.counts(world)["pending"]}


def _target(world: World, given: dict[str, Any]) -> int:
    now = world.now()
    if given.get("to_next_renewal"):
        renewal = next_renewal(world)
        if renewal is None:
            raise ApiError("No subscription renews.", param="to_next_renewal")
        return renewal
    to = int(given["to"]) if "to" in given else None
    if to is None:
        to = now + int(given.get("seconds", 0)) + int(given.get("days", 0)) * DAY
        if to < now:
            raise ApiError("The clock does not go backwards.", param="seconds")
    if to > now + _LONGEST_DAYS * DAY:
        raise ApiError("The clock goes at most ten years forward at once.", param="to")
    return to


def set_retries(world: World, given: dict[str, Any]) -> Document:
    """`days` after the first try, and `afterwards`: cancel, unpaid or past_due."""
    return standing.set_retries(world, given).to_json()


LIFE_CONTROLS: dict[str, Callable[[World, dict[str, Any]], Document]] = {
    "clock": advance_clock,
    "retries": set_retries,
}
