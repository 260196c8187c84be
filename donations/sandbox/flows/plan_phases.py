"""The phases that a caller plans: the one that runs comes first as it is, the others follow without gaps.

Prorations are refused rather than left out: a phase begins with its first full bill.
"""

from __future__ import annotations

from typing import Any

from donations.sandbox.api.errors import invalid, missing
from donations.sandbox.api.support import refuse_all_but
from donations.sandbox.document import Document
from donations.sandbox.objects import metadata
from donations.sandbox.objects.lookup import referenced
from donations.sandbox.objects.price import inline_price
from donations.sandbox.objects.subscription_schedule import new_phase, running_phase, schedule_item
from donations.sandbox.periods import next_boundary
from donations.sandbox.world import World

_KNOWN = ("duration", "end_date", "items", "metadata", "proration_behavior", "start_date")
_CYCLE = ("interval", "interval_count")
_LONGEST = {"day": 3650, "week": 520, "month": 120, "year": 10}
_FURTHEST = 10 * 366 * 86_400


def read_phases(
    world: World, schedule: Document, subscription: Document, given: list[dict[str, Any]]
) -> list[Document]:
    """All phases of the schedule: those that are over are kept, whether they are given again or not."""
    running = running_phase(schedule)
    over = [phase for phase in schedule["phases"] if phase["start_date"] < running["start_date"]]
    starts = {phase["start_date"] for phase in over}
    planned: list[Document] = []
    for place, wanted in enumerate(given):
        if wanted.get("start_date") in starts:
            continue
        param = f"phases[{place}]"
        refuse_all_but(wanted, _KNOWN, param)
        phase = (
            _next_phase(world, planned[-1], subscription, wanted, param)
            if planned
            else _first_phase(world, running, subscription, wanted, param)
        )
        planned.append(phase)
    if not planned:
        raise invalid("The current phase must be among the phases.", "phases")
    return over + planned


def _first_phase(
    world: World, running: Document, subscription: Document, given: dict[str, Any], param: str
) -> Document:
    if given.get("start_date") != running["start_date"]:
        raise invalid("You can not modify the start date of the current phase.", f"{param}[start_date]")
    items = _items(world, subscription, given["items"], param)
    if items != running["items"]:
        raise invalid("The sandbox does not change the items of the current phase.", f"{param}[items]")
    end = _end(world, running["start_date"], items, given, param)
    if end <= world.now():
        raise invalid("The end date of the current phase must be in the future.", f"{param}[end_date]")
    behavior = given.get("proration_behavior", running["proration_behavior"])
    kept = _metadata(given, param) if "metadata" in given else running["metadata"]
    return {**running, "end_date": end, "metadata": kept, "proration_behavior": behavior}


def _next_phase(
    world: World, last: Document, subscription: Document, given: dict[str, Any], param: str
) -> Document:
    start = last["end_date"]
    if given.get("start_date", start) != start:
        raise invalid(
            "The start date of a phase must be the end date of the phase before it.", f"{param}[start_date]"
        )
    if given.get("proration_behavior") != "none":
        raise invalid(
            "The sandbox begins a phase only with `proration_behavior=none`.", f"{param}[proration_behavior]"
        )
    items = _items(world, subscription, given["items"], param)
    return new_phase(
        items,
        subscription["currency"],
        start,
        _end(world, start, items, given, param),
        metadata=_metadata(given, param),
        proration_behavior="none",
    )


def _metadata(given: dict[str, Any], param: str) -> Document:
    return metadata.checked(given.get("metadata"), f"{param}[metadata]")


def _end(world: World, start: int, items: list[Document], given: dict[str, Any], param: str) -> int:
    """Its date, or its duration; without either, one period of its price."""
    if "end_date" in given and "duration" in given:
        raise invalid("You may only specify one of these parameters: duration, end_date.", param)
    if "end_date" in given:
        end = given["end_date"]
        if not isinstance(end, int):
            raise invalid("The sandbox does not end a phase `now`.", f"{param}[end_date]")
    else:
        recurring = world.store.get(items[0]["price"])["recurring"]
        lasting = given.get("duration", recurring)
        interval, count = lasting["interval"], lasting.get("interval_count", 1)
        if not 1 <= count <= _LONGEST[interval]:
            raise invalid("A phase lasts at most ten years.", f"{param}[duration][interval_count]")
        end = next_boundary(start, start, interval, count)
    if not start < end <= world.now() + _FURTHEST:
        raise invalid("A phase ends after it has started, and within ten years.", f"{param}[end_date]")
    return end


def _items(world: World, subscription: Document, given: list[dict[str, Any]], param: str) -> list[Document]:
    present = subscription["items"]["data"]
    if len(given) != len(present):
        raise invalid("The sandbox does not add or remove items in a phase.", f"{param}[items]")
    known = {item["price"]["id"] for item in present}
    rhythms = set[tuple[Any, ...]]()
    items: list[Document] = []
    for place, wanted in enumerate(given):
        inside = f"{param}[items][{place}]"
        refuse_all_but(wanted, ["price", "price_data", "quantity"], inside)
        price = _price(world, wanted, known, inside)
        if price["currency"] != subscription["currency"] or not price["recurring"]:
            raise invalid(
                "The price must be recurring and in the subscription's currency.", f"{inside}[price]"
            )
        rhythms.add(tuple(price["recurring"][name] for name in _CYCLE))
        if wanted.get("quantity", 1) < 0:
            raise invalid("This value must be greater than or equal to 0.", f"{inside}[quantity]")
        items.append(schedule_item(price, wanted.get("quantity", 1)))
    if len(rhythms) > 1:
        raise invalid("The sandbox does not mix billing intervals.", f"{param}[items]")
    return items


def _price(world: World, given: dict[str, Any], known: set[str], param: str) -> Document:
    if ("price" in given) == ("price_data" in given):
        raise missing(f"{param}[price]")
    if "price_data" in given:
        return inline_price(world, given["price_data"], f"{param}[price_data]")
    price = referenced(world, "price", given["price"], f"{param}[price]")
    if not price["active"] and price["id"] not in known:
        raise invalid(
            "The price specified is inactive. This field only accepts active prices.", f"{param}[price]"
        )
    return price
