"""Prices, and the `price_data` from which Checkout makes one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from donations.sandbox.api.call import Call
from donations.sandbox.api.errors import invalid, missing
from donations.sandbox.api.support import refuse_all_but
from donations.sandbox.document import Document
from donations.sandbox.ids import new_id
from donations.sandbox.objects import metadata
from donations.sandbox.objects.lookup import referenced, required
from donations.sandbox.objects.product import new_product
from donations.sandbox.webhooks.events import emit, emit_update
from donations.sandbox.world import World

_LARGEST_AMOUNT = 99_999_999
_LONGEST_INTERVALS = {"day": 1095, "week": 156, "month": 36, "year": 3}


_CHANGEABLE = ("active", "lookup_key", "nickname", "tax_behavior")
_KNOWN = (
    *_CHANGEABLE, "billing_scheme", "currency", "metadata", "product", "product_data", "recurring",
    "unit_amount", "unit_amount_decimal",
)  # fmt: skip


def new_price(world: World, given: dict[str, Any], product_id: str, param: str, *, active: bool) -> Document:
    amount = _unit_amount(given, param)
    recurring = _recurring(given.get("recurring"), param)
    return world.store.save(
        {
            "id": new_id("price"),
            "object": "price",
            "active": active,
            "billing_scheme": "per_unit",
            "created": world.now(),
            "currency": given["currency"],
            "custom_unit_amount": None,
            "livemode": False,
            "lookup_key": given.get("lookup_key"),
            "metadata": metadata.checked(given.get("metadata")),
            "nickname": given.get("nickname"),
            "product": product_id,
            "recurring": recurring,
            "tax_behavior": given.get("tax_behavior", "unspecified"),
            "tiers_mode": None,
            "transform_quantity": None,
            "type": "recurring" if recurring else "one_time",
            "unit_amount": amount,
            "unit_amount_decimal": str(amount),
        }
    )


def inline_price(world: World, given: dict[str, Any], param: str) -> Document:
    """The price of a `price_data`, with its product. Both are archived: nobody picks them again."""
    if ("product" in given) == ("product_data" in given):
        raise invalid(
            "You must specify either `product` or `product_data` when creating a price."
            if "product" not in given
            else "You may only specify one of these parameters: product, product_data.",
            f"{param}[product]",
        )
    if "product" in given:
        product = referenced(world, "product", given["product"], f"{param}[product]")
    else:
        product = new_product(world, given["product_data"], active=False)
    return new_price(world, given, product["id"], param, active=False)


def create(call: Call) -> Document:
    given = call.parameters
    refuse_all_but(given, _KNOWN)
    if ("product" in given) == ("product_data" in given):
        raise (
            missing("product")
            if "product" not in given
            else invalid("You may only specify one of these parameters: product, product_data.", "product")
        )
    if "product" in given:
        product = referenced(call.world, "product", given["product"], "product")
    else:
        product = new_product(call.world, given["product_data"], active=True)
        emit(call.world, "product.created", product)
    price = new_price(call.world, given, product["id"], "", active=given.get("active", True))
    emit(call.world, "price.created", price)
    return price


def update(call: Call) -> Document:
    refuse_all_but(call.parameters, {*_CHANGEABLE, "metadata"})
    before = required(call.world, "price", call.path["price"], "price")
    after = dict(before)
    for name in _CHANGEABLE:
        if name in call.parameters:
            after[name] = call.parameters[name]
    if "metadata" in call.parameters:
        given = call.parameters["metadata"]
        after["metadata"] = {} if given is None else metadata.merged(before["metadata"], given)
    call.world.store.save(after)
    emit_update(call.world, "price.updated", before, after)
    return after


def _unit_amount(given: dict[str, Any], param: str) -> int:
    name = f"{param}[unit_amount]" if param else "unit_amount"
    if "unit_amount" in given and "unit_amount_decimal" in given:
        raise invalid("You may only specify one of these parameters: unit_amount, unit_amount_decimal.", name)
    if "unit_amount_decimal" in given:
        exact = Decimal(given["unit_amount_decimal"])
        if exact != exact.to_integral_value():
            raise invalid("The sandbox charges whole minor units only.", f"{name}_decimal")
        amount = int(exact)
    elif "unit_amount" in given:
        amount = given["unit_amount"]
    else:
        raise missing(name)
    if amount < 0:
        raise invalid("This value must be greater than or equal to 0.", name, "parameter_invalid_integer")
    if amount > _LARGEST_AMOUNT:
        raise invalid("Amount must be no more than 99999999.", name, "amount_too_large")
    return amount


def _recurring(given: dict[str, Any] | None, param: str) -> Document | None:
    if given is None:
        return None
    count = given.get("interval_count", 1)
    if not 1 <= count <= _LONGEST_INTERVALS[given["interval"]]:
        name = f"{param}[recurring][interval_count]" if param else "recurring[interval_count]"
        raise invalid("Recurring intervals may span at most three years.", name)
    return {"interval": given["interval"], "interval_count": count, "meter": None, "usage_type": "licensed"}
