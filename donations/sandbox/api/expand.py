"""`expand[]`: ids replaced by the objects they name, at any depth that Stripe allows."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from donations.sandbox.api.description import expandable_fields
from donations.sandbox.api.errors import invalid
from donations.sandbox.document import Document
from donations.sandbox.world import World

Included = Callable[[World, Document], Any]
"""Computes a field that is there only on request, such as an invoice's `payments`."""

_DEEPEST = 4


def expand(
    world: World,
    answer: Document,
    paths: Sequence[str],
    included: Mapping[tuple[str, str], Included],
) -> Document:
    """A copy of the answer with every path expanded. Raises Stripe's 400 for what cannot be."""
    if not paths:
        return answer
    expanded = copy.deepcopy(answer)
    for path in paths:
        parts = path.split(".")
        if len(parts) > _DEEPEST + (parts[0] == "data"):
            raise invalid("You cannot expand more than 4 levels of a property.", "expand")
        _Expander(world, included, path).walk(expanded, parts)
    return expanded


class _Expander:
    def __init__(self, world: World, included: Mapping[tuple[str, str], Included], path: str) -> None:
        self._world = world
        self._included = included
        self._path = path

    def walk(self, node: Document, parts: Sequence[str]) -> None:
        name, rest = parts[0], parts[1:]
        kind = node.get("object", "")
        if (kind, name) in self._included and name not in node:
            node[name] = self._included[kind, name](self._world, node)
        if name not in node or not self._is_expandable(kind, name):
            raise invalid(f"This property cannot be expanded ({self._path}).", "expand")
        node[name] = self._resolve(node[name])
        if rest:
            self._descend(node[name], rest)

    def _resolve(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._world.store.find(value) or value
        if isinstance(value, list):
            return [self._resolve(item) for item in cast("list[Any]", value)]
        return value

    def _descend(self, value: Any, rest: Sequence[str]) -> None:
        if isinstance(value, dict):
            self.walk(cast(Document, value), rest)
        elif isinstance(value, list):
            for item in cast("list[Any]", value):
                self._descend(item, rest)

    @staticmethod
    def _is_expandable(kind: str, name: str) -> bool:
        """Parts of objects carry no kind of their own; what hangs below them is checked by being there."""
        return kind in {"", "list"} or name in expandable_fields(kind)
