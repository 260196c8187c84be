"""Stripe's lists: newest first, `limit`, `starting_after`, `ending_before`, `created[gte]`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from donations.sandbox.api.errors import invalid, no_such
from donations.sandbox.document import Document
from donations.sandbox.store import AnyOf, Condition
from donations.sandbox.world import World

_DEFAULT_LIMIT = 10
_LARGEST_LIMIT = 100
_RANGES: dict[str, Literal[">", ">=", "<", "<="]] = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def list_objects(
    world: World,
    kind: str,
    url: str,
    parameters: dict[str, Any],
    conditions: Sequence[Condition | AnyOf] = (),
) -> Document:
    """One page of a kind. `created` is understood everywhere."""
    wanted = [*conditions, *in_range("created", parameters.get("created"))]
    limit = page_size(parameters)
    older, newer = _cursor(world, kind, parameters)
    found = world.store.search(kind, wanted, older_than=older, newer_than=newer, limit=limit + 1)
    has_more = len(found) > limit
    if has_more:
        # Going backwards, the surplus one is the newest of the page, not the oldest.
        found = found[1:] if newer is not None else found[:limit]
    return as_list(found, url, has_more=has_more)


def as_list(documents: Sequence[Document], url: str, *, has_more: bool = False) -> Document:
    return {"object": "list", "data": list(documents), "has_more": has_more, "url": url}


def page_size(parameters: dict[str, Any]) -> int:
    limit = parameters.get("limit", _DEFAULT_LIMIT)
    if limit < 1:
        raise invalid("This value must be greater than or equal to 1.", "limit", "parameter_invalid_integer")
    if limit > _LARGEST_LIMIT:
        raise invalid("This value must be less than or equal to 100.", "limit", "parameter_invalid_integer")
    return limit


def equal_to(parameters: dict[str, Any], *names: str) -> list[Condition]:
    """The conditions of the parameters that are named after the field which they filter."""
    return [Condition(name, parameters[name]) for name in names if parameters.get(name) is not None]


def in_range(field: str, bounds: dict[str, int] | int | None) -> list[Condition]:
    if bounds is None:
        return []
    if isinstance(bounds, int):
        return [Condition(field, bounds)]
    return [Condition(field, value, _RANGES[name]) for name, value in bounds.items()]


def _cursor(world: World, kind: str, parameters: dict[str, Any]) -> tuple[int | None, int | None]:
    after, before = parameters.get("starting_after"), parameters.get("ending_before")
    if after and before:
        raise invalid("You cannot parameterize both starting_after and ending_before.", "starting_after")
    return (
        _place(world, kind, "starting_after", after) if after else None,
        _place(world, kind, "ending_before", before) if before else None,
    )


def _place(world: World, kind: str, parameter: str, object_id: str) -> int:
    place = world.store.sequence(object_id, kind)
    if place is None:
        raise no_such(kind, object_id, parameter, status=400)
    return place
