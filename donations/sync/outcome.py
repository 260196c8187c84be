"""What applying a fresh copy needs and gives back; the same for every kind of object."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from donations.domain.errors import DonationError
from donations.gateway.kinds import ObjectKind
from donations.models.vault import Vault
from donations.services.tickets import NOT_OURS


@dataclass(frozen=True, slots=True)
class SyncContext:
    """What a sync is told. `news_at` is when there was last reason to look at the object."""

    now: datetime
    news_at: datetime
    is_live_expected: bool
    zone: ZoneInfo
    vault: Vault


@dataclass(frozen=True, slots=True)
class Relative:
    """Another object of Stripe's that an object names."""

    kind: ObjectKind
    stripe_id: str


@dataclass(frozen=True, slots=True)
class Applied:
    """The copy is in our rows. `look_next` must be looked at again after it is committed."""

    note: str | None = None
    look_next: Relative | None = None


class NotYet(DonationError):
    """What the object belongs to is not in our rows yet: have that looked at, then try again. For staff."""

    def __init__(self, parent: Relative) -> None:
        super().__init__(f"waits for the {parent.kind} that it belongs to")
        self.parent = parent


def not_ours(why: str) -> Applied:
    return Applied(note=f"{NOT_OURS}: {why}")
