"""A call to Stripe that is written down before it is made, and how far it has got."""

from __future__ import annotations

from enum import StrEnum


class CallStatus(StrEnum):
    """Where a call has got to. What came of it, only Stripe's own object says."""

    ASKING = "asking"
    """Written down; the call is made, or must be made again, with the same key."""
    ACCEPTED = "accepted"
    REFUSED = "refused"
    LOST = "lost"
    """No answer came for as long as Stripe remembers the key: Stripe was looked at instead, and what was
    asked for was not there."""
