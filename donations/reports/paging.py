"""Long lists in pages with numbers, so that a page can be named in an address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Generic, TypeVar

PAGE_SIZE: Final = 50

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Place:
    """Which page of how many. A number beyond either end is taken for the page at that end."""

    number: int
    total: int

    @classmethod
    def of(cls, asked: int, total: int) -> Place:
        last = max(1, -(-total // PAGE_SIZE))
        return cls(min(max(asked, 1), last), total)

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))

    @property
    def offset(self) -> int:
        return (self.number - 1) * PAGE_SIZE

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None


@dataclass(frozen=True, slots=True)
class Paged(Generic[Item]):
    items: tuple[Item, ...]
    place: Place


def page_number(text: str | None) -> int:
    """1 for what is no number."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 1
