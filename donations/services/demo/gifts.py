"""What a life is made of: gifts given once and recurring ones, and what became of them.

Instants are seconds since 1970; amounts are minor units.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from donations.domain.changes import CancelReason, ChangeKind
from donations.domain.gifts import Frequency
from donations.domain.movements import ChurnCause
from donations.domain.standing import Standing
from donations.services.demo.amounts import Amount


class Charge(NamedTuple):
    """One that succeeded. `number` is that of its invoice, counted by gift from 0."""

    at: int
    amount: int
    frequency: Frequency
    number: int


class Change(NamedTuple):
    """What the ledger is to be brought to, as we learnt it at `learnt_at`."""

    learnt_at: int
    occurred_at: int
    gift: RecurringGift
    annual_amount: int
    """A year's worth; 0 while the gift does not count."""
    end: ChurnCause | None
    frequency: Frequency
    was: Frequency
    """The rhythm before this change."""


class Wish(NamedTuple):
    """A change that the supporter asked for on our pages."""

    at: int
    kind: ChangeKind
    amount: int | None = None
    frequency: Frequency | None = None
    until: int | None = None
    """When a pause is to end, or another rhythm to begin."""
    reason: CancelReason | None = None


class Contested(NamedTuple):
    """A charge, by its place among those of the gift, that a bank took back for the time being."""

    charge: int
    opened_at: int


@dataclass(slots=True)
class Failure:
    """A charge that did not go through at first."""

    number: int
    frequency: Frequency
    failed_at: int
    needed_confirmation: bool
    recovered_at: int | None = None
    given_up_at: int | None = None


@dataclass(slots=True)
class OnceGift:
    at: int
    currency: str
    amount: Amount
    place: int | None
    """The number of the place through which it came."""
    card: int
    is_offline: bool
    """Entered by staff: it came by bank or in an envelope."""


@dataclass(slots=True)
class RecurringGift:
    """As it was agreed, and, once it was lived, how it stands at the end."""

    agreed_at: int
    currency: str
    frequency: Frequency
    agreed: Amount
    place: int | None
    card: int
    begins_later_at: int | None = None
    """When it is first charged, where that is not at once."""
    is_beside: bool = False
    """Whether another gift of the same supporter went on when it began."""

    amount: int = 0
    """Of the next charge."""
    standing: Standing = Standing.ACTIVE
    first_paid_at: int | None = None
    period_ends_at: int = 0
    cancels_at: int | None = None
    ended_at: int | None = None
    end_reason: str | None = None
    is_paused: bool = False
    resumes_at: int | None = None
    failing: Failure | None = None
    """The charge that is owed at the end."""

    agreed_frequency: Frequency = field(init=False)
    charges: list[Charge] = field(default_factory=list[Charge])
    changes: list[Change] = field(default_factory=list[Change])
    wishes: list[Wish] = field(default_factory=list[Wish])
    failures: list[Failure] = field(default_factory=list[Failure])
    contested: list[Contested] = field(default_factory=list[Contested])

    def __post_init__(self) -> None:
        self.amount = self.agreed.charge
        self.agreed_frequency = self.frequency
