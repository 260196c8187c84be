"""Letters about a recurring gift: it changed, is paused, goes on, is charged again, or ends."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.gift_days import leaves_out_one, next_charge_on, rhythm
from donations.domain.gifts import Frequency, Gift
from donations.domain.money import Money
from donations.domain.periods import local_day
from donations.domain.standing import Standing, is_terminal
from donations.emails import (
    gift_cancelled,
    gift_changed,
    gift_ended,
    gift_paused,
    gift_resuming,
    possible_duplicate,
    renewal_reminder,
)
from donations.emails.letterhead import Letterhead
from donations.emails.possible_duplicate import RunningGift
from donations.models import Subscription
from donations.services import recurring_gifts
from donations.services.letters.office import NotNeeded, Office, Page
from donations.services.outbox import Letter
from donations.services.own_gifts import days_of

_DISPUTED: Final = "payment_disputed"


def changed(session: Session, office: Office, letter: Letter, head: Letterhead, _now: datetime) -> Page:
    """Old and new, as they were when it changed. A cancellation that was taken back is one of them."""
    row = subscription_of(session, letter)
    day = _next_day(row, office)
    if letter.details.get("goes_on"):
        change = gift_changed.GiftChanged(None, gift_of(row), day)
    else:
        change = gift_changed.GiftChanged(_told(letter, "old", row), _told(letter, "new", row), day)
    return Page(partial(gift_changed.write, change, head))


def paused(session: Session, office: Office, letter: Letter, head: Letterhead, _now: datetime) -> Page:
    row = subscription_of(session, letter)
    if not row.is_collection_paused:
        raise NotNeeded("the pause is over")
    days = days_of(row, office.zone)
    day = next_charge_on(days)
    if day is None:
        raise NotNeeded("no charge follows the pause")
    skipped = next(rhythm(days)) if leaves_out_one(days) else None
    return Page(partial(gift_paused.write, gift_paused.GiftPaused(gift_of(row), day, skipped), head))


def resuming(session: Session, office: Office, letter: Letter, head: Letterhead, _now: datetime) -> Page:
    """Five days before the pause ends: only of the pause that it was planned for."""
    row = subscription_of(session, letter)
    planned = letter.details["resumes"]
    if not row.is_collection_paused or row.resumes_at is None or _seconds(row.resumes_at) != planned:
        raise NotNeeded("the pause was changed or ended")
    day = _next_day_unless_ending(row, office)
    return Page(partial(gift_resuming.write, gift_resuming.GiftResuming(gift_of(row), day), head))


def cancelled(session: Session, office: Office, letter: Letter, head: Letterhead, now: datetime) -> Page:
    row = subscription_of(session, letter)
    ends_at = row.ended_at or row.cancels_at
    if ends_at is None:
        raise NotNeeded("the cancellation was taken back")
    can_be_undone = row.ended_at is None and ends_at > now
    cancellation = gift_cancelled.GiftCancelled(gift_of(row), local_day(ends_at, office.zone), can_be_undone)
    return Page(partial(gift_cancelled.write, cancellation, head))


def ended(session: Session, office: Office, letter: Letter, head: Letterhead, now: datetime) -> Page:
    """It ended otherwise than by its giver's wish."""
    row = subscription_by_id(session, letter.cause)
    is_disputed = row.end_reason == _DISPUTED
    cause = gift_ended.EndCause.DISPUTE if is_disputed else gift_ended.EndCause.FAILED_PAYMENTS
    day = local_day(row.ended_at or now, office.zone)
    return Page(partial(gift_ended.write, gift_ended.GiftEnded(gift_of(row), day, cause), head))


def renewal(session: Session, office: Office, letter: Letter, head: Letterhead, _now: datetime) -> Page:
    """Only of the date that it was planned for, and only while that date stands."""
    row = subscription_of(session, letter)
    due_at = row.current_period_ends_at
    if due_at is None or _seconds(due_at) != letter.details["due"] or row.frequency is not Frequency.ANNUAL:
        raise NotNeeded("the date of the next charge was moved")
    if row.standing not in {Standing.ACTIVE, Standing.TRIALING}:
        raise NotNeeded("the gift does not go on")
    day = _next_day_unless_ending(row, office)
    if day != local_day(due_at, office.zone):
        raise NotNeeded("the next payment is left out")
    reminder = renewal_reminder.RenewalReminder(gift_of(row).money, day)
    return Page(partial(renewal_reminder.write, reminder, head))


def duplicate(session: Session, office: Office, letter: Letter, head: Letterhead, _now: datetime) -> Page:
    """While both go on: whoever ended one meanwhile has answered."""
    row = subscription_by_id(session, letter.cause)
    others = recurring_gifts.others_running(session, row)
    if is_terminal(row.standing) or row.kept_beside_others_at is not None or not others:
        raise NotNeeded("one of the two has ended, or both are meant")
    question = possible_duplicate.PossibleDuplicate(_running(others[0], office), _running(row, office))
    return Page(partial(possible_duplicate.write, question, head))


def subscription_of(session: Session, letter: Letter) -> Subscription:
    """The gift that the letter's details name."""
    return subscription_by_id(session, letter.details["subscription"])


def subscription_by_id(session: Session, stripe_id: Any) -> Subscription:
    by_id = select(Subscription).where(Subscription.stripe_subscription_id == stripe_id)
    return session.scalars(by_id).one()


def gift_of(row: Subscription) -> Gift:
    return Gift(Money(row.amount, row.currency), row.frequency)


def _told(letter: Letter, which: str, row: Subscription) -> Gift:
    amount, frequency = letter.details[f"{which}_amount"], letter.details[f"{which}_frequency"]
    return Gift(Money(int(amount), row.currency), Frequency(frequency))


def _running(row: Subscription, office: Office) -> RunningGift:
    return RunningGift(gift_of(row), local_day(row.started_at, office.zone))


def _next_day(row: Subscription, office: Office) -> date:
    day = next_charge_on(days_of(row, office.zone))
    if day is None:
        raise NotNeeded("nothing more is charged")
    return day


def _next_day_unless_ending(row: Subscription, office: Office) -> date:
    if is_terminal(row.standing) or row.cancels_at is not None:
        raise NotNeeded("the gift ends")
    return _next_day(row, office)


def _seconds(instant: datetime) -> int:
    return int(instant.timestamp())
