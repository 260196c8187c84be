"""How a line of a history is to be taken: the values name styles."""

from __future__ import annotations

from enum import StrEnum


class Tone(StrEnum):
    PLAIN = "plain"
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"
    STRIPE = "stripe"
