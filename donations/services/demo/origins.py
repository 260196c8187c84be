"""The rows of the places through which something was given: each once, when the first gift comes through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from donations.services.demo.campaigns import Place
from donations.services.demo.tables import Block

_NOWHERE: Final = Place("", "", "")


class Origins:
    """`known` are the keys of those that have a row already."""

    def __init__(self, places: Sequence[Place], known: dict[Place, int]) -> None:
        self._places = places
        self._ids = known

    def place(self, number: int | None) -> Place:
        return _NOWHERE if number is None else self._places[number]

    def id_of(self, block: Block, number: int | None) -> int | None:
        if number is None:
            return None
        place = self._places[number]
        found = self._ids.get(place)
        if found is None:
            found = self._ids[place] = block.take_id("origin")
            row = (found, place.campaign, place.article, place.placement, place.variant)
            block.rows["origin"].append(row)
        return found
