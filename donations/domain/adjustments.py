"""What may be taken back from a donation after it was made."""

from __future__ import annotations

from enum import StrEnum


class AdjustmentKind(StrEnum):
    """Stored, and shown in reports."""

    REFUND = "refund"
    DISPUTE = "dispute"
