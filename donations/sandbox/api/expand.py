"""`expand[]`: ids replaced by the objects they name. Whether a path is good was checked before."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from donations.sandbox.api.description import component
from donations.sandbox.api.errors import invalid
from donations.sandbox.document import Document
from donations.sandbox.world import World

Included = Callable[[World, Document], Any]
"""Computes a field that is there only on request, such as an invoice's `payments`."""


def expand(
    world: World,
    answer: Document,
    paths: Sequence[str],
    included: Mapping[tuple[str, str], Included],
) -> Document:
    """A copy of the answer with every path expanded. Raises for a field that the sandbox does not keep."""
    if not paths:
        return answer
    expanded = copy.deepcopy(answer)
    for path in paths:
        _Expander(world, included, path).walk(expanded, path.split("."))
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
        if node.get("deleted"):
            # Of a deleted object there is a stub, with nothing in it to expand.
            return
        if name not in node:
            # Objects of other kinds stand in one place, as sources do, and not each has the field.
            if name in component(kind).get("properties", {}):
                raise invalid(f"The sandbox does not expand `{self._path}`.", "expand")
            return
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
