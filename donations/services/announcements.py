"""Which letters a change calls for: written into the outbox in the transaction of the change.

What happened is told at once. What is to happen (a renewal, a card's last month, the end of a pause)
is written down for its day; whether it still applies is asked when it is due. Each is unique by what
it is about, so that applying the same state again announces nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from donations.domain.gifts import Frequency
from donations.domain.standing import Standing, is_terminal
from donations.models import Checkout, Subscription
from donations.services import outbox

RENEWAL_NOTICE: Final = timedelta(days=15)
RESUMING_NOTICE: Final = timedelta(days=5)
CARD_NOTICES: Final = (30, 7)
"""Days before a card's last."""
FAILURE_STAGES: Final = (0, 5, 12)
"""Days after the first failure."""
_MORNING: Final = time(9)
_NOT_BY_WISH: Final = frozenset({"payment_failed", "payment_disputed"})
_GOING_ON: Final = frozenset({Standing.ACTIVE, Standing.TRIALING})


@dataclass(frozen=True, slots=True)
class Before:
    """What our row said of a gift before a fresh copy was applied."""

    standing: Standing
    amount: int
    frequency: Frequency
    cancels_at: datetime | None
    is_paused: bool
    resumes_at: datetime | None

    @classmethod
    def of(cls, row: Subscription) -> Before:
        return cls(
            row.standing, row.amount, row.frequency, row.cancels_at, row.is_collection_paused, row.resumes_at
        )

    @classmethod
    def agreed(cls, checkout: Checkout) -> Before:
        """What was agreed, where a gift is seen for the first time: whatever it became since is told, as
        it would be had we seen it become so."""
        return cls(
            Standing.INCOMPLETE,
            checkout.charge_amount,
            checkout.frequency,
            None,
            is_paused=False,
            resumes_at=None,
        )


def tell_of_change(session: Session, row: Subscription, before: Before, now: datetime) -> None:
    """What changed of a gift, whoever changed it: the supporter, staff, or Stripe's dashboard."""
    if before.standing is not row.standing and is_terminal(row.standing):
        _tell_of_end(session, row, before, now)
        return
    if is_terminal(row.standing):
        return
    if (before.amount, before.frequency) != (row.amount, row.frequency):
        terms: dict[str, object] = {
            "old_amount": before.amount,
            "old_frequency": before.frequency.value,
            "new_amount": row.amount,
            "new_frequency": row.frequency.value,
        }
        _tell(session, "gift_changed", row, now, terms)
    if row.is_collection_paused and (not before.is_paused or before.resumes_at != row.resumes_at):
        _tell(session, "gift_paused", row, now)
    if before.cancels_at is None and row.cancels_at is not None:
        _tell(session, "gift_cancelled", row, now)
    elif before.cancels_at is not None and row.cancels_at is None:
        _tell(session, "gift_changed", row, now, {"goes_on": True})


def plan_ahead(
    session: Session, row: Subscription, card_expires_on: date | None, *, zone: ZoneInfo, now: datetime
) -> None:
    """What is to be told of a gift before it happens, each for its day."""
    if row.standing not in _GOING_ON and row.standing is not Standing.PAST_DUE:
        return
    _plan_renewal(session, row, now)
    _plan_resuming(session, row, now)
    if row.stripe_payment_method_id is not None:
        _plan_card(session, row, card_expires_on, zone, now)


def tell_of_failure(session: Session, row: Subscription, invoice_id: str, now: datetime) -> None:
    """The series for one invoice, begun when its first failure was noticed. Recovery ends it."""
    assert row.failing_since is not None
    for days in FAILURE_STAGES:
        outbox.add(
            session,
            "payment_failed",
            f"{invoice_id}:{days}",
            row.supporter_id,
            now,
            not_before=row.failing_since + timedelta(days=days),
            details={"subscription": row.stripe_subscription_id, "stage": days},
        )


def ask_whether_both(session: Session, row: Subscription, now: datetime) -> None:
    """A second recurring gift of one supporter: was it meant?"""
    outbox.add(session, "possible_duplicate", row.stripe_subscription_id, row.supporter_id, now)


def _tell_of_end(session: Session, row: Subscription, before: Before, now: datetime) -> None:
    if row.standing is Standing.INCOMPLETE_EXPIRED:
        return
    if row.end_reason in _NOT_BY_WISH:
        outbox.add(session, "gift_ended", row.stripe_subscription_id, row.supporter_id, now)
    elif before.cancels_at is None:
        _tell(session, "gift_cancelled", row, now)


def _tell(
    session: Session,
    kind: str,
    row: Subscription,
    now: datetime,
    details: dict[str, object] | None = None,
) -> None:
    """Of a change that is seen once, when the row takes it over: the instant tells it from the next."""
    cause = f"{row.stripe_subscription_id}/{now.isoformat()}"
    about = {"subscription": row.stripe_subscription_id, **(details or {})}
    outbox.add(session, kind, cause, row.supporter_id, now, details=about)


def _plan_renewal(session: Session, row: Subscription, now: datetime) -> None:
    due_at = row.current_period_ends_at
    if row.frequency is not Frequency.ANNUAL or due_at is None or due_at - RENEWAL_NOTICE <= now:
        return
    cause = f"{row.stripe_subscription_id}:{int(due_at.timestamp())}"
    about = {"subscription": row.stripe_subscription_id, "due": int(due_at.timestamp())}
    outbox.add(
        session,
        "renewal_reminder",
        cause,
        row.supporter_id,
        now,
        not_before=due_at - RENEWAL_NOTICE,
        details=about,
    )


def _plan_resuming(session: Session, row: Subscription, now: datetime) -> None:
    resumes_at = row.resumes_at
    if not row.is_collection_paused or resumes_at is None or resumes_at - RESUMING_NOTICE <= now:
        return
    at = int(resumes_at.timestamp())
    outbox.add(
        session,
        "gift_resuming",
        f"{row.stripe_subscription_id}:{at}",
        row.supporter_id,
        now,
        not_before=resumes_at - RESUMING_NOTICE,
        details={"subscription": row.stripe_subscription_id, "resumes": at},
    )


def _plan_card(
    session: Session, row: Subscription, expires_on: date | None, zone: ZoneInfo, now: datetime
) -> None:
    method = row.stripe_payment_method_id
    month = "never" if expires_on is None else f"{expires_on:%Y-%m}"
    outbox.withdraw(
        session,
        "card_expiring",
        row.supporter_id,
        f"{method}:",
        but=f"{method}:{month}:",
        reason="the card lasts longer now",
        now=now,
    )
    for days in CARD_NOTICES if expires_on is not None else ():
        assert expires_on is not None
        day = expires_on - timedelta(days=days)
        not_before = datetime.combine(day, _MORNING, tzinfo=zone)
        if not_before > now:
            outbox.add(
                session,
                "card_expiring",
                f"{method}:{month}:{days}",
                row.supporter_id,
                now,
                not_before=not_before,
                details={"payment_method": method, "month": month, "days_left": days},
            )
