"""Products: what a price is for. Those made inside `price_data` are born archived, as Stripe does it."""

from __future__ import annotations

from typing import Any

from donations.sandbox.api.call import Call
from donations.sandbox.api.errors import ApiError
from donations.sandbox.api.support import refuse_all_but
from donations.sandbox.document import Document
from donations.sandbox.ids import new_id
from donations.sandbox.objects import metadata
from donations.sandbox.objects.lookup import required
from donations.sandbox.store import Condition
from donations.sandbox.webhooks.events import emit, emit_update
from donations.sandbox.world import World

_PLAIN = (
    "active",
    "description",
    "images",
    "name",
    "shippable",
    "statement_descriptor",
    "tax_code",
    "unit_label",
    "url",
)


def new_product(world: World, given: dict[str, Any], *, active: bool) -> Document:
    now = world.now()
    product: Document = {
        "id": given.get("id") or new_id("prod"),
        "object": "product",
        "active": active,
        "created": now,
        "default_price": None,
        "description": None,
        "images": [],
        "livemode": False,
        "marketing_features": given.get("marketing_features", []),
        "metadata": metadata.checked(given.get("metadata")),
        "name": given["name"],
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": None,
        "unit_label": None,
        "updated": now,
        "url": None,
    }
    product.update({name: given[name] for name in _PLAIN if name in given})
    return world.store.save(product)


def create(call: Call) -> Document:
    refuse_all_but(call.parameters, {*_PLAIN, "id", "marketing_features", "metadata"})
    wanted = call.parameters.get("id")
    if wanted and call.world.store.find(wanted):
        raise ApiError("Product already exists.", code="resource_already_exists", param="id")
    product = new_product(call.world, call.parameters, active=True)
    emit(call.world, "product.created", product)
    return product


def update(call: Call) -> Document:
    refuse_all_but(call.parameters, {*_PLAIN, "metadata"})
    before = required(call.world, "product", call.path["id"])
    after = {**before, **{name: call.parameters[name] for name in _PLAIN if name in call.parameters}}
    after["images"] = after["images"] or []
    if "metadata" in call.parameters:
        given = call.parameters["metadata"]
        after["metadata"] = {} if given is None else metadata.merged(before["metadata"], given)
    after["updated"] = call.world.now()
    call.world.store.save(after)
    emit_update(call.world, "product.updated", before, after)
    return after


def delete(call: Call) -> Document:
    """Only a product without prices can go, and it is not found any more afterwards."""
    world = call.world
    product = required(world, "product", call.path["id"])
    if world.store.search("price", [Condition("product", product["id"])], limit=1):
        raise ApiError("This product cannot be deleted because it has one or more user-created prices.")
    emit(world, "product.deleted", product)
    world.store.remove(product["id"])
    return {"id": product["id"], "object": "product", "deleted": True}
