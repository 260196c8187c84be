"""Everything between a webhook and our rows, with a clock of its own and Stripe in memory."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from donations import runtime
from donations.domain.checkouts import CheckoutStatus
from donations.domain.errors import Mismatch
from donations.domain.gifts import Frequency
from donations.gateway.kinds import ObjectKind
from donations.gateway.notices import Notice
from donations.gateway.snapshots import Snapshot
from donations.jobs import drain
from donations.models import (
    Checkout,
    Donation,
    Movement,
    OutboxMessage,
    Refund,
    StripeObject,
    Subscription,
    Supporter,
)
from donations.models.database import reading, writing
from donations.runtime import Runtime
from donations.services import inbox, tickets
from donations.sync import registry
from donations.sync.outcome import Applied, SyncContext
from tests import factories
from tests.factories import NOON
from tests.fakes import FakeGateway
from tests.sync.lives import Happening, truth

_events = count(1)


@dataclass
class Clock:
    """Never the same instant twice."""

    time: datetime = NOON + timedelta(minutes=10)

    def __call__(self) -> datetime:
        self.time += timedelta(milliseconds=1)
        return self.time

    def forward(self, step: timedelta) -> None:
        self.time += step


@dataclass
class Desk:
    gateway: FakeGateway = field(default_factory=FakeGateway)
    clock: Clock = field(default_factory=Clock)
    random: Random = field(default_factory=lambda: Random(7))

    @property
    def runtime(self) -> Runtime:
        return replace(runtime.current(), gateway=self.gateway, now=self.clock, real_now=self.clock)

    def checkout(self, frequency: Frequency = Frequency.ONCE, **columns: Any) -> Checkout:
        columns.setdefault("status", CheckoutStatus.OPEN)
        with writing() as session:
            supporter = factories.make_supporter(session, runtime.current().vault)
            return factories.make_checkout(session, supporter, frequency=frequency, **columns)

    def checkout_of(self, supporter_id: int, frequency: Frequency) -> Checkout:
        """Another one of a supporter who is there."""
        with writing() as session:
            supporter = session.get_one(Supporter, supporter_id)
            return factories.make_checkout(session, supporter, frequency=frequency)

    def tell(self, *snapshots: Snapshot) -> None:
        """From now on Stripe says this of these objects."""
        self.gateway.objects.update(truth(*snapshots))

    def deliver(self, kind: ObjectKind, stripe_id: str, event_id: str | None = None) -> inbox.Received:
        notice = Notice(
            event_id=event_id or f"evt_{next(_events)}",
            type="some.event",
            kind=kind,
            object_id=stripe_id,
            api_version="2026-10-28.endive",
            is_livemode=False,
            is_thin=False,
            created_at=NOON,
        )
        with writing() as session:
            return inbox.receive(session, notice, self.clock(), expects_live=False)

    def hear(self, happening: Happening, event_id: str | None = None) -> None:
        self.deliver(happening.kind, happening.stripe_id, event_id)

    def drain(self) -> int:
        """Work through what is due now."""
        return drain.drain(self.runtime, self.random)

    def settle(self, most_rounds: int = 12) -> None:
        """Work until nothing waits, letting pass the time for which tickets are put off."""
        for _ in range(most_rounds):
            self.drain()
            waits_until = self.next_due_at()
            if waits_until is None:
                return
            self.clock.time = max(self.clock.time, waits_until)
        raise AssertionError("the tickets never come to rest")

    def next_due_at(self) -> datetime | None:
        with reading() as session:
            return tickets.next_due_at(session)

    def ticket(self, kind: ObjectKind, stripe_id: str) -> StripeObject:
        with reading() as session:
            return session.scalars(
                select(StripeObject).where(StripeObject.kind == kind, StripeObject.stripe_id == stripe_id)
            ).one()

    def apply(self, snapshot: Snapshot, *, is_live_expected: bool = False) -> Applied:
        """One copy by itself, without a ticket."""
        with writing() as session:
            return registry.apply(session, self.context(is_live_expected=is_live_expected), snapshot)

    def context(self, *, is_live_expected: bool = False) -> SyncContext:
        return SyncContext(
            now=self.clock(),
            news_at=self.clock(),
            is_live_expected=is_live_expected,
            zone=factories.ZONE,
            vault=runtime.current().vault,
        )


def refused(reason: str) -> AbstractContextManager[object]:
    """What Stripe says is set aside, with exactly this reason for staff to read."""
    return pytest.raises(Mismatch, match=f": {re.escape(reason)}$")


def rows(session: Session, model: type[Any], **where: object) -> list[Any]:
    return list(session.scalars(select(model).filter_by(**where).order_by(*model.__table__.primary_key)))


def only(model: type[Any], **where: object) -> Any:
    """The one row there is."""
    with reading() as session:
        (row,) = rows(session, model, **where)
    return row


def count_of(model: type[Any], **where: object) -> int:
    with reading() as session:
        return len(rows(session, model, **where))


def state_of(checkout: Checkout) -> Mapping[str, object]:
    """All that we believe about one checkout, apart from when we came to believe it."""
    with reading() as session:
        return _state(session, checkout)


def _state(session: Session, checkout: Checkout) -> Mapping[str, object]:
    row = session.get_one(Checkout, checkout.id)
    donations = rows(session, Donation, checkout_id=row.id)
    refunds = [refund for donation in donations for refund in rows(session, Refund, donation_id=donation.id)]
    subscriptions = rows(session, Subscription, checkout_id=row.id)
    return {
        "checkout": (row.status, bool(row.stripe_payment_intent_id), bool(row.stripe_subscription_id)),
        "donations": [
            {
                "money": (d.amount, d.currency, d.frequency, d.refunded_amount),
                "settlement": (d.fee_amount, d.net_amount, d.settlement_currency, bool(d.stripe_charge_id)),
                "when": (d.charged_at, d.charged_on),
                "is_recurring": bool(d.subscription_id),
            }
            for d in donations
        ],
        "refunds": [(r.amount, r.status) for r in refunds],
        "subscriptions": [
            (s.standing, s.amount, s.frequency, s.first_paid_at, s.cancels_at, s.ended_at, s.end_reason)
            for s in subscriptions
        ],
        "messages": sorted(m.kind for m in rows(session, OutboxMessage, supporter_id=row.supporter_id)),
        "movements": [
            (m.kind, m.annual_amount, m.supporters, m.cause, m.occurred_at)
            for m in rows(session, Movement, supporter_id=row.supporter_id)
        ],
    }
