"""Another amount, or another rhythm: at once with the difference charged, or from the next cycle on."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from donations.sandbox.api.errors import invalid, no_such
from donations.sandbox.api.support import refuse_all_but
from donations.sandbox.document import Document
from donations.sandbox.objects.invoice_line import line_of_item, proration
from donations.sandbox.objects.lookup import referenced
from donations.sandbox.objects.price import inline_price
from donations.sandbox.objects.subscription import with_period
from donations.sandbox.world import World

_CYCLE = ("interval", "interval_count")


def change_items(
    world: World, before: Document, given: list[dict[str, Any]]
) -> tuple[Document, list[Document]]:
    """The subscription with its new items, and the lines that make up for the rest of the period."""
    after = {**before, "items": {**before["items"], "data": [dict(item) for item in before["items"]["data"]]}}
    for place, wanted in enumerate(given):
        _change_item(world, after, wanted, f"items[{place}]")
    if _rhythm(after) != _rhythm(before):
        return _begin_anew(world, before, after)
    return after, [] if before["status"] == "trialing" else _differences(world, before, after)


def begins_anew(before: Document, after: Document) -> bool:
    """A new rhythm bills a whole new period at once, whatever is said about prorations."""
    return _rhythm(before) != _rhythm(after) and before["status"] != "trialing"


def _change_item(world: World, after: Document, given: dict[str, Any], param: str) -> None:
    refuse_all_but(given, ["id", "price", "price_data", "quantity"], param)
    items = {item["id"]: item for item in after["items"]["data"]}
    item = items.get(given.get("id", ""))
    if item is None:
        raise no_such("subscription_item", given.get("id", ""), f"{param}[id]", status=400)
    if "price" in given:
        item["price"] = referenced(world, "price", given["price"], f"{param}[price]")
    elif "price_data" in given:
        item["price"] = inline_price(world, given["price_data"], f"{param}[price_data]")
    if item["price"]["currency"] != after["currency"] or not item["price"]["recurring"]:
        raise invalid("The price must be recurring and in the subscription's currency.", f"{param}[price]")
    if "quantity" in given:
        item["quantity"] = given["quantity"]


def _rhythm(subscription: Document) -> tuple[Any, ...]:
    recurring = subscription["items"]["data"][0]["price"]["recurring"]
    return tuple(recurring[name] for name in _CYCLE)


def _begin_anew(world: World, before: Document, after: Document) -> tuple[Document, list[Document]]:
    """The new rhythm starts today; a trial is still waited for."""
    if before["status"] == "trialing":
        return after, []
    anew = with_period({**after, "billing_cycle_anchor": world.now()}, world.now())
    unused = [_unused(world, before, item) for item in before["items"]["data"]]
    return anew, unused + [line_of_item(anew, item) for item in anew["items"]["data"]]


def _differences(world: World, before: Document, after: Document) -> list[Document]:
    lines: list[Document] = []
    for old, new in zip(before["items"]["data"], after["items"]["data"], strict=True):
        if (old["price"]["id"], old["quantity"]) != (new["price"]["id"], new["quantity"]):
            lines += [_unused(world, before, old), proration(after, new, _left(world, new), world.now())]
    return lines


def _unused(world: World, before: Document, item: Document) -> Document:
    return proration(before, item, -_left(world, item), world.now())


def _left(world: World, item: Document) -> Fraction:
    """The share of the period that is still to come."""
    start, end = item["current_period_start"], item["current_period_end"]
    return Fraction(max(0, min(end, end - max(start, world.now()))), end - start)
