"""Which paths `expand[]` may name, by the types in the description and not by what is there today.

So a path is refused although the field is null, and accepted although a list is empty. Stripe counts
the `data` of lists among its four levels.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from donations.sandbox.api.description import Schema, component
from donations.sandbox.api.errors import invalid

_DEEPEST = 4
_ON_REQUEST = frozenset(
    {"breakdown", "cash_balance", "confirmation_secret", "currency_options", "tax", "tiers"}
)
"""Parts, neither ids nor lists, that are there only when asked for. The description does not mark them."""


def check_paths(paths: Sequence[str | None], answer: Schema) -> None:
    """Raises Stripe's 400 for the first path that is empty or that this schema cannot expand."""
    for path in paths:
        if not path:
            raise invalid("You passed an empty string for 'expand'.", "expand")
        parts = path.split(".")
        if len(parts) > _DEEPEST:
            raise invalid(
                f"You cannot expand more than 4 levels of a property. Property: {path}",
                code="property_expansion_max_depth",
            )
        _check(parts, list(_objects_in(answer)))


def _check(parts: Sequence[str], nodes: Sequence[Schema]) -> None:
    name, rest = parts[0], parts[1:]
    found = [node["properties"][name] for node in nodes if name in node["properties"]]
    is_good = bool(found) if rest else any(_can_end_at(name, node) for node in nodes)
    if not is_good:
        raise invalid(_refusal(name, nodes))
    if rest:
        _check(rest, [inner for field in found for inner in _objects_in(field)])


def _refusal(name: str, nodes: Iterable[Schema]) -> str:
    said = f"This property cannot be expanded ({name})."
    listed = [node["properties"]["data"] for node in nodes if _is_list(node)]
    if any(_can_end_at(name, inner) for items in listed for inner in _objects_in(items)):
        return f"{said} You may want to try expanding 'data.{name}' instead."
    return said


def _can_end_at(name: str, node: Schema) -> bool:
    """An id that becomes an object, a list, or a part that is there on request only."""
    field: Schema | None = node["properties"].get(name)
    if field is None or _is_list(node):
        return False
    choices = list(_choices(field))
    objects = [inner for choice in choices for inner in _objects_in(choice)]
    is_reference = bool(objects) and any(choice.get("type") == "string" for choice in choices)
    return is_reference or name in _ON_REQUEST or any(map(_is_list, objects))


def _choices(schema: Schema) -> Iterator[Schema]:
    if schema.get("type") == "array":
        yield from _choices(schema["items"])
    elif "anyOf" in schema:
        for choice in schema["anyOf"]:
            yield from _choices(choice)
    else:
        yield schema


def _objects_in(schema: Schema) -> Iterator[Schema]:
    """The object schemas that a value of this schema may have, those of lists' items among them."""
    for choice in _choices(schema):
        resolved: Any = component(choice["$ref"]) if "$ref" in choice else choice
        if "anyOf" in resolved:
            yield from _objects_in(resolved)
        elif "properties" in resolved:
            yield resolved


def _is_list(node: Schema) -> bool:
    return node["properties"].get("object", {}).get("enum") == ["list"]
