"""When a subscription is to end: a date, the end of its period, or no longer at all."""

from __future__ import annotations

from typing import Any

from donations.sandbox.api.errors import invalid
from donations.sandbox.document import Document


def change(after: Document, given: dict[str, Any], now: int) -> None:
    """Change it in place. `cancel_at_period_end` sets the date too; `cancel_at` leaves the flag down."""
    if "cancel_at" in given and "cancel_at_period_end" in given:
        raise invalid(
            "You may only specify one of these parameters: cancel_at, cancel_at_period_end.", "cancel_at"
        )
    _say_why(after, given)
    if "cancel_at" not in given and "cancel_at_period_end" not in given:
        return
    ends = [item["current_period_end"] for item in after["items"]["data"]]
    if "cancel_at_period_end" in given:
        after["cancel_at_period_end"] = given["cancel_at_period_end"]
        after["cancel_at"] = max(ends) if given["cancel_at_period_end"] else None
    else:
        named = {"min_period_end": min(ends), "max_period_end": max(ends)}
        after["cancel_at"] = named.get(given["cancel_at"], given["cancel_at"])
        after["cancel_at_period_end"] = False
    if after["cancel_at"] is not None and not isinstance(after["cancel_at"], int):
        raise invalid("The sandbox has no billing schedules to cancel at.", "cancel_at")
    if after["cancel_at"] is not None and after["cancel_at"] <= now:
        raise invalid("The `cancel_at` timestamp must be in the future.", "cancel_at")
    is_ending = after["cancel_at"] is not None
    after["canceled_at"] = now if is_ending else None
    reason = "cancellation_requested" if is_ending else None
    after["cancellation_details"] = {**after["cancellation_details"], "reason": reason}


def _say_why(after: Document, given: dict[str, Any]) -> None:
    """A comment and a feedback may be given with the end, or by themselves and later."""
    details: Document = given.get("cancellation_details", {})
    after["cancellation_details"] = {**after["cancellation_details"], **details}
