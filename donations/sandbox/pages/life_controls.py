"""Controls for time, and for what makes a subscription's life go wrong: cards and retries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from donations.sandbox.api.errors import ApiError
from donations.sandbox.cards import Behaviour
from donations.sandbox.document import Document
from donations.sandbox.dues import DAY
from donations.sandbox.flows import standing
from donations.sandbox.objects.lookup import referenced
from donations.sandbox.store import Condition
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


def change_cards(world: World, given: dict[str, Any]) -> Document:
    """Let a card fail from now on, or work again: the one of a `payment_method`, or all of a `customer`."""
    behaviour = Behaviour(given.get("behaviour"))
    with world.store.transaction():
        methods = _methods(world, given)
        is_debit = behaviour in {Behaviour.DEBIT_FAILS, Behaviour.DEBIT_SETTLES}
        for method in methods:
            if (method["type"] == "sepa_debit") != is_debit:
                raise ApiError(f"`{behaviour}` is not for a {method['type']}.", param="behaviour")
            world.store.save(method, behaviour=behaviour.value)
    return {"payment_methods": [method["id"] for method in methods], "behaviour": behaviour.value}


def _methods(world: World, given: dict[str, Any]) -> list[Document]:
    if "payment_method" in given:
        return [referenced(world, "payment_method", str(given["payment_method"]), "payment_method")]
    if "subscription" in given:
        subscription = referenced(world, "subscription", str(given["subscription"]), "subscription")
        if subscription["default_payment_method"]:
            return [world.store.get(subscription["default_payment_method"])]
        return _of_customer(world, subscription["customer"])
    if "customer" in given:
        return _of_customer(world, referenced(world, "customer", str(given["customer"]), "customer")["id"])
    raise ApiError("Name a `payment_method`, a `subscription` or a `customer`.", param="payment_method")


def _of_customer(world: World, customer_id: str) -> list[Document]:
    return world.store.search("payment_method", [Condition("customer", customer_id)])


def set_retries(world: World, given: dict[str, Any]) -> Document:
    """`days` after the first try, and `afterwards`: cancel, unpaid or past_due."""
    return standing.set_retries(world, given).to_json()


LIFE_CONTROLS: dict[str, Callable[[World, dict[str, Any]], Document]] = {
    "cards": change_cards,
    "clock": advance_clock,
    "retries": set_retries,
}
