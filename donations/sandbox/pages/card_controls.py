"""Controls for saved cards: whether they pay, and when they expire."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from donations.sandbox.api.errors import ApiError
from donations.sandbox.cards import Behaviour
from donations.sandbox.document import Document
from donations.sandbox.flows.keep_method import card_with_expiry
from donations.sandbox.objects.lookup import referenced
from donations.sandbox.store import Condition
from donations.sandbox.webhooks.events import emit_update
from donations.sandbox.world import World

_EXPIRY = ("exp_month", "exp_year")


def change_cards(world: World, given: dict[str, Any]) -> Document:
    """Of a `payment_method`, of what a `subscription` is charged to, or of all that a `customer` keeps.

    `behaviour` lets it fail, ask or work from now on. `exp_month` and `exp_year` are what its network
    tells Stripe: payment_method.automatically_updated. Whether an expired card is charged is for its
    behaviour to say: some banks do, and Stripe leaves it to them.
    """
    behaviour = Behaviour(given["behaviour"]) if "behaviour" in given else None
    expiry = {name: int(given[name]) for name in _EXPIRY if name in given}
    if behaviour is None and not expiry:
        raise ApiError("Say a `behaviour`, or `exp_month` and `exp_year`.", param="behaviour")
    with world.store.transaction():
        methods = _methods(world, given)
        for method in methods:
            if behaviour is not None:
                _behave(world, method, behaviour)
            if expiry:
                after = {**method, "card": card_with_expiry(method, expiry)}
                world.store.save(after)
                emit_update(world, "payment_method.automatically_updated", method, after)
    changed = {"behaviour": behaviour.value} if behaviour is not None else {}
    return {"payment_methods": [method["id"] for method in methods], **changed, **expiry}


def _behave(world: World, method: Document, behaviour: Behaviour) -> None:
    is_debit = behaviour in {Behaviour.DEBIT_FAILS, Behaviour.DEBIT_SETTLES}
    if (method["type"] == "sepa_debit") != is_debit:
        raise ApiError(f"`{behaviour}` is not for a {method['type']}.", param="behaviour")
    world.store.save(method, behaviour=behaviour.value)


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


CARD_CONTROLS: dict[str, Callable[[World, dict[str, Any]], Document]] = {"cards": change_cards}
