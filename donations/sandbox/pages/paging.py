"""One page of a list, newest first, and how to get to its neighbours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from donations.sandbox.document import Document
from donations.sandbox.store import AnyOf, Condition
from donations.sandbox.world import World

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a list to begin: at the newest, or beside a known entry."""

    older_than: int | None = None
    newer_than: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    items: Sequence[Document]
    older_than: int | None = None
    """Where the next page begins, if there is one."""
    newer_than: int | None = None


def of_kind(world: World, kind: str, place: Place, conditions: Sequence[Condition | AnyOf] = ()) -> Page:
    def fetch(place: Place, limit: int) -> list[Document]:
        return world.store.search(
            kind, conditions, older_than=place.older_than, newer_than=place.newer_than, limit=limit
        )

    def number(item: Document) -> int:
        return world.store.sequence(item["id"], kind) or 0

    return cut(fetch, number, place)


def cut(
    fetch: Callable[[Place, int], list[Document]], number: Callable[[Document], int], place: Place
) -> Page:
    """Fetch one more than is shown, to know whether there is another page in that direction."""
    found = fetch(place, PAGE_SIZE + 1)
    has_more = len(found) > PAGE_SIZE
    if place.newer_than is not None:
        items = found[-PAGE_SIZE:]
        has_older, has_newer = bool(items), has_more
    else:
        items = found[:PAGE_SIZE]
        has_older, has_newer = has_more, place.older_than is not None and bool(items)
    return Page(
        items,
        older_than=number(items[-1]) if items and has_older else None,
        newer_than=number(items[0]) if items and has_newer else None,
    )
