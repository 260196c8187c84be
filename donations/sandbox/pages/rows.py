"""What a list shows: cells and buttons, so that one template draws every kind of object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    href: str | None = None
    is_code: bool = False
    is_number: bool = False
    tone: str = ""
    """`good`, `bad` or `quiet` where the text is a standing; never said by colour alone."""


@dataclass(frozen=True, slots=True)
class Button:
    """A small form that asks a control for something."""

    control: str
    label: str
    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    about: str = ""
    """What it is done to, for those who hear the button without seeing its row."""


@dataclass(frozen=True, slots=True)
class Row:
    cells: Sequence[Cell]
    buttons: Sequence[Button] = ()


_GOOD = frozenset({"active", "complete", "delivered", "enabled", "paid", "succeeded", "trialing", "won"})
_BAD = frozenset(
    {"canceled", "failed", "given_up", "incomplete_expired", "lost", "past_due", "uncollectible", "unpaid"}
)


def moment(timestamp: float | None) -> str:
    """As a person reads it, in UTC."""
    return datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d %H:%M:%S") if timestamp else "–"


def day(timestamp: float | None) -> str:
    return datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d") if timestamp else "–"


def standing(status: str, more: str = "") -> Cell:
    tone = "good" if status in _GOOD else "bad" if status in _BAD else "quiet"
    words = status.replace("_", " ")
    return Cell(f"{words}, {more}" if more else words, tone=tone)


def link_to(object_id: str, text: str | None = None) -> Cell:
    """To the page of one object."""
    shown = text or (object_id if len(object_id) <= 22 else f"{object_id[:20]}…")
    return Cell(shown, href=f"/_sandbox/objects/{object_id}", is_code=text is None)
