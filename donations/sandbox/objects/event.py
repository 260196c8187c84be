"""Events as the API lists them, and as v2 answers for the thin ones."""

from __future__ import annotations

from donations.sandbox.api.call import Call
from donations.sandbox.api.errors import invalid
from donations.sandbox.api.lists import list_objects
from donations.sandbox.api.support import refuse_other_filters
from donations.sandbox.document import Document
from donations.sandbox.objects.lookup import required
from donations.sandbox.store import AnyOf, Condition
from donations.sandbox.webhooks import deliveries, thin
from donations.sandbox.world import World

_MOST_TYPES = 20


def retrieve(call: Call) -> Document:
    return _current(call.world, required(call.world, "event", call.path["id"]))


def list_(call: Call) -> Document:
    refuse_other_filters(call.parameters, ["type", "types"])
    type, types = call.parameters.get("type"), call.parameters.get("types")
    if type and types:
        raise invalid("You may only specify one of these parameters: type, types.", "type")
    if types and len(types) > _MOST_TYPES:
        raise invalid("You may pass at most 20 types.", "types")
    conditions: list[Condition | AnyOf] = []
    if type:
        conditions.append(_of_type(type))
    if types:
        conditions.append(AnyOf("type", tuple(types)))
    page = list_objects(call.world, "event", "/v1/events", call.parameters, conditions)
    page["data"] = [_current(call.world, event) for event in page["data"]]
    return page


def retrieve_thin(call: Call) -> Document:
    return thin.fetched(required(call.world, "event", thin.snapshot_id(call.path["id"])))


def _of_type(type: str) -> Condition:
    """Stripe understands one wildcard, at the end: `charge.*`."""
    if type.endswith("*"):
        return Condition("type", type, "GLOB")
    return Condition("type", type)


def _current(world: World, event: Document) -> Document:
    return {**event, "pending_webhooks": deliveries.undelivered(world, event["id"])}
