"""Histories for proofs of reports: any number of believable acts, in any order, at any time.

`histories` draws one; `live` writes it. The slow and obvious computation of a test then reads the rows
themselves, and is compared with what the reports say.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donations.domain.disputes import DisputeStatus
from donations.domain.gifts import Frequency
from donations.domain.refunds import RefundStatus
from donations.domain.standing import Standing
from donations.jobs import refresh_rollups
from donations.models import Dispute, Donation, Origin, PaymentFailure, Refund, Subscription, Supporter
from donations.models.database import writing
from donations.runtime import current
from donations.services import adjustments, movements
from tests.factories import (
    NOON,
    ZONE,
    make_dispute,
    make_donation,
    make_refund,
    make_subscription,
    make_supporter,
)
from tests.forgetting import forget_everything

Row = TypeVar("Row")
Act = Callable[[Session, "Die", datetime], None]


class Die:
    """The choices of one history."""

    def __init__(self, draws: list[int]) -> None:
        self._draws = draws
        self._at = 0

    def of(self, number: int) -> int:
        self._at += 1
        return self._draws[self._at % len(self._draws)] % number


def pick(session: Session, model: type[Row], die: Die) -> Row | None:
    rows = session.scalars(select(model).order_by(model.id)).all()  # pyright: ignore
    return rows[die.of(len(rows))] if rows else None


def somebody(session: Session, die: Die, at: datetime) -> None:
    make_supporter(session, current().vault, at=at)


def gift(session: Session, die: Die, at: datetime) -> None:
    supporter = pick(session, Supporter, die)
    if supporter is None:
        return
    origin = pick(session, Origin, die)
    make_donation(
        session,
        supporter,
        amount=1 + die.of(9000),
        currency=("eur", "usd", "jpy")[die.of(3)],
        at=at - timedelta(hours=die.of(10_000)),
        recorded_at=at,
        fee=None if die.of(2) else die.of(3),
        origin_id=None if origin is None else origin.id,
    )


def fee(session: Session, die: Die, at: datetime) -> None:
    row = pick(session, Donation, die)
    if row is None or row.fee_amount is not None:
        return
    row.settlement_currency, row.settled_amount, row.fee_amount = "eur", 1 + die.of(5000), 1
    row.net_amount, row.settlement_recorded_at = row.settled_amount - 1, at


def refund(session: Session, die: Die, at: datetime) -> None:
    row = pick(session, Donation, die)
    if row is not None and row.refunded_amount == 0:
        make_refund(session, row, amount=1 + die.of(row.amount), at=at)


def refund_fails(session: Session, die: Die, at: datetime) -> None:
    row = pick(session, Refund, die)
    if row is not None:
        row.status = RefundStatus.FAILED
        adjustments.book_refund(session, row, zone=ZONE, now=at)


def dispute(session: Session, die: Die, at: datetime) -> None:
    row, open_one = pick(session, Donation, die), pick(session, Dispute, die)
    if open_one is not None and die.of(2):
        open_one.status = (DisputeStatus.LOST, DisputeStatus.WON)[die.of(2)]
        adjustments.book_dispute(session, open_one, zone=ZONE, now=at)
    elif row is not None:
        make_dispute(session, row, at=at)


def pledge(session: Session, die: Die, at: datetime) -> None:
    supporter, origin = pick(session, Supporter, die), pick(session, Origin, die)
    if supporter is not None:
        row = make_subscription(
            session,
            supporter,
            amount=100 + die.of(900),
            frequency=(Frequency.MONTHLY, Frequency.ANNUAL)[die.of(2)],
            currency=("eur", "usd")[die.of(2)],
            at=at,
            origin_id=None if origin is None else origin.id,
        )
        movements.book(session, row, zone=ZONE, now=at)


def change(session: Session, die: Die, at: datetime) -> None:
    row = pick(session, Subscription, die)
    if row is None or row.ended_at is not None:
        return
    was = row.frequency
    match die.of(6):
        case 0:
            row.amount = 100 + die.of(900)
        case 1:
            row.frequency = Frequency.ANNUAL if was is Frequency.MONTHLY else Frequency.MONTHLY
        case 2:
            row.is_collection_paused = not row.is_collection_paused
        case 3:
            row.standing = Standing.PAST_DUE
        case 4:
            row.cancels_at = row.current_period_ends_at
        case _:
            row.standing, row.ended_at = Standing.CANCELED, at
            row.end_reason = (None, "payment_failed", "payment_disputed")[die.of(3)]
    movements.book(session, row, zone=ZONE, now=at, was=was)


def failure(session: Session, die: Die, at: datetime) -> None:
    row, known = pick(session, Subscription, die), pick(session, PaymentFailure, die)
    if known is not None and die.of(2):
        paid_at = min(at, known.failed_at + timedelta(days=die.of(60)))
        known.recovered_at = None if die.of(2) else paid_at
        known.given_up_at = None if known.recovered_at else at
    elif row is not None:
        number = session.scalar(select(func.count()).select_from(PaymentFailure))
        session.add(
            PaymentFailure(
                stripe_invoice_id=f"in_{number}", subscription_id=row.id, frequency=row.frequency,
                failed_at=at, failed_on=at.date(), needed_confirmation=bool(die.of(2)),
            )
        )  # fmt: skip


ACTS: list[Act] = [somebody, gift, gift, fee, refund, refund_fails, dispute, pledge, change, change, failure]

History = tuple[list[tuple[Act, bool]], list[int]]
"""Acts, each with whether the sums are refreshed right after it; and the draws that decide all else."""

histories: st.SearchStrategy[History] = st.tuples(
    st.lists(st.tuples(st.sampled_from(ACTS), st.booleans()), min_size=4, max_size=40),
    st.lists(st.integers(0, 1 << 30), min_size=8, max_size=60),
)


def live(history: History) -> None:
    """Forget what was, let the history happen up to about `NOON`, and take all of it in."""
    begin_anew()
    acts, draws = history
    die, at = Die(draws), NOON - timedelta(days=400)
    for act, is_looked_at in acts:
        at = min(at + timedelta(hours=5 + die.of(700)), NOON)
        with writing() as session:
            act(session, die, at)
        if is_looked_at:
            refresh_rollups.refresh_rollups(current())
    refresh_rollups.refresh_all(current())


def begin_anew() -> None:
    with writing() as session:
        forget_everything(session)
        session.add_all(
            Origin(campaign=word, article="", placement="", variant="") for word in ("spring", "winter")
        )
    refresh_rollups.rebuild(current(), lambda *_: None)
