"""What writing letters needs, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from donations.documents.publisher import Publisher
from donations.emails.rendering import Written
from donations.models.vault import Vault


@dataclass(frozen=True, slots=True)
class Office:
    """The same for every letter."""

    vault: Vault
    secret_key: str = field(repr=False)
    """Signs the short ways from letters to Stripe's pages."""
    zone: ZoneInfo
    sender: str
    support_email: str
    statement_descriptor: str
    public_base_url: str
    publisher: Publisher


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A document that goes along, and how it is set."""

    filename: str
    draw: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Page:
    """What goes into the envelope. It is gathered in a transaction and drawn after it, which takes longer:
    whatever is drawn must be values by then, and no rows."""

    write: Callable[[], Written]
    enclosures: tuple[Enclosure, ...] = ()


class NotNeeded(Exception):
    """The letter is not to be sent any more: what it would say has passed, or its reader has left.

    The message is for staff, and holds nothing personal.
    """
