"""Send nothing more to an address that mail came back from, or that complained."""

from __future__ import annotations

from datetime import datetime

from donations.domain.suppressions import SuppressionReason
from donations.models import Supporter


def suppress(supporter: Supporter, reason: SuppressionReason, now: datetime) -> bool:
    """Send nothing from now on; False where that says nothing new.

    A complaint outweighs mail that came back, which may be a fault that passes. The first day stays.
    """
    known = supporter.suppression_reason
    if known is not None and (known == reason or reason is SuppressionReason.BOUNCE):
        return False
    supporter.suppressed_at = supporter.suppressed_at or now
    supporter.suppression_reason = reason
    return True


def lift(supporter: Supporter) -> bool:
    """Send again; False where nothing kept us from it."""
    was_suppressed = supporter.suppressed_at is not None
    supporter.suppressed_at = supporter.suppression_reason = None
    return was_suppressed


def why_silent(supporter: Supporter) -> str | None:
    """Why no letter may go to this supporter, in a word or two; None where one may."""
    if supporter.erased_at is not None:
        return "erased"
    return None if supporter.suppressed_at is None else f"suppressed: {supporter.suppression_reason}"
