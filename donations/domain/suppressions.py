"""Why nothing is sent to an address any more."""

from __future__ import annotations

from enum import StrEnum


class SuppressionReason(StrEnum):
    BOUNCE = "bounce"
    """Mail came back: nobody is there."""
    COMPLAINT = "complaint"
    """Somebody is there, and said that it was unwanted."""
