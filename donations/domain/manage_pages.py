"""Where a reader who manages a gift may want to go: the known words of `then=`."""

from __future__ import annotations

from enum import StrEnum


class ManagePage(StrEnum):
    """The values stand in letters and rows, and never change."""

    CANCEL = "cancel"
    UNDO = "undo"
    CARD = "card"
    CONFIRM = "confirm"
    RECEIPTS = "receipts"
    AMOUNT = "amount"


def find_manage_page(word: str | None) -> ManagePage | None:
    """The page that a word names; None for anything else, since anyone can write a link."""
    return ManagePage(word) if word in set(ManagePage) else None
