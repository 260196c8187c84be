"""Comparing with a Stripe in memory, at a pace that is counted and never waited for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from donations.gateway.listed import BalanceLine
from donations.gateway.notices import Notice
from donations.jobs import reconcile
from donations.jobs.reconcile import Pace
from donations.models import Checkout, ReconcileRun
from donations.models.database import reading
from tests.factories import NOON
from tests.sync.desk import Desk
from tests.sync.lives import Happening, ids


@dataclass
class RealTime:
    """Goes on only while somebody sleeps, or as the test says."""

    instant: datetime = NOON
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> datetime:
        return self.instant

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.instant += timedelta(seconds=seconds)

    @property
    def pace(self) -> Pace:
        return Pace(clock=self, sleep=self.sleep)


def compare(desk: Desk, since: datetime = NOON - timedelta(days=1)) -> ReconcileRun:
    """One whole run of everything, each page of it worked through before the next, to the end."""
    pace = RealTime().pace
    number = reconcile.ask(desk.runtime, since)
    while reconcile.make_page(desk.runtime, pace, desk.random, number):
        desk.drain()
    # Many lives are put off to as many moments.
    desk.settle(most_rounds=2000)
    return run_of(number)


def run_of(number: int) -> ReconcileRun:
    with reading() as session:
        return session.get_one(ReconcileRun, number)


def runs() -> list[ReconcileRun]:
    with reading() as session:
        return list(session.scalars(select(ReconcileRun).order_by(ReconcileRun.id)))


def told(happening: Happening, event_id: str, at: datetime = NOON) -> Notice:
    """The event as Stripe lists it."""
    return Notice(
        event_id=event_id,
        type=happening.type,
        kind=happening.kind,
        object_id=happening.stripe_id,
        api_version="2026-10-28.endive",
        is_livemode=False,
        is_thin=False,
        created_at=at,
    )


def moved(
    checkout: Checkout, what: str = "charge", amount: int | None = None, **columns: object
) -> BalanceLine:
    """What a payment of €50 brings: its charge, or what was taken of it. `amount` as Stripe signs it."""
    named = ids(checkout)
    full = checkout.charge_amount
    source = {"charge": named["charge"], "refund": f"{named['refund']}_1", "adjustment": named["dispute"]}[
        what
    ]
    values: dict[str, object] = {
        "id": f"{named['balance']}_{what}",
        "type": what,
        "currency": "eur",
        "amount": amount
        if amount is not None
        else {"charge": full, "refund": -1000, "adjustment": -full}[what],
        "fee": 60 if what == "charge" else 0,
        "source_id": source,
        "payment_intent_id": named["payment_intent"],
        "created_at": NOON + timedelta(minutes=5),
    } | columns
    values.setdefault("net", values["amount"] - values["fee"])  # type: ignore[operator]
    return BalanceLine(**values)  # type: ignore[arg-type]
