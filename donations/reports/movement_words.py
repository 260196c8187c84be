"""What movements of recurring revenue, and why gifts end, are called. Staff read English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from donations.domain.movements import ChurnCause, MovementKind, MovementTag

KIND_NAMES: Final[Mapping[MovementKind, str]] = {
    MovementKind.NEW: "New",
    MovementKind.REACTIVATED: "Reactivated",
    MovementKind.UPGRADED: "Upgraded",
    MovementKind.RESUMED: "Resumed",
    MovementKind.DOWNGRADED: "Downgraded",
    MovementKind.PAUSED: "Paused",
    MovementKind.CHURNED: "Churned",
}
"""In the order of the identity: what comes, then what goes."""

CAUSE_NAMES: Final[Mapping[ChurnCause, str]] = {
    ChurnCause.VOLUNTARY: "Voluntary",
    ChurnCause.PAYMENT_FAILURE: "Payment failure",
    ChurnCause.DISPUTE: "Dispute",
}

TAG_NAMES: Final[Mapping[MovementTag, str]] = {
    MovementTag.SWITCHED_TO_ANNUAL: "Switched to annual",
    MovementTag.SWITCHED_TO_MONTHLY: "Switched to monthly",
}
