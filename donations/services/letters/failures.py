"""Letters about a payment that does not go through, and about the card that is to make it."""

from __future__ import annotations

import calendar
from dataclasses import replace
from datetime import date, datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.gift_days import next_charge_on
from donations.domain.periods import local_day
from donations.domain.standing import TERMINAL, Standing
from donations.emails import card_expiring, payment_failed
from donations.emails.letterhead import Letterhead
from donations.models import Subscription
from donations.services import movements, recurring_gifts
from donations.services.gift_tokens import ShortWay, sign
from donations.services.letters.gifts import gift_of, subscription_of
from donations.services.letters.office import NotNeeded, Office, Page
from donations.services.outbox import Letter
from donations.services.own_gifts import days_of


def failed(session: Session, office: Office, letter: Letter, head: Letterhead, now: datetime) -> Page:
    """Not when it has recovered, nor where another gift of the same supporter is active: one that
    supports us is not to be pressed."""
    row = subscription_of(session, letter)
    invoice_id = letter.cause.rpartition(":")[0]
    if row.failing_invoice_id != invoice_id or row.standing is not Standing.PAST_DUE:
        raise NotNeeded("the payment was made, or is not asked for any more")
    if any(_is_healthy(each) for each in recurring_gifts.others_running(session, row)):
        raise NotNeeded("another recurring gift is active")
    next_try_on = None if row.failing_next_try_at is None else local_day(row.failing_next_try_at, office.zone)
    failure = payment_failed.PaymentFailed(
        gift=gift_of(row),
        stage=payment_failed.Stage(letter.details["stage"]),
        next_try_on=next_try_on,
        needs_confirmation=row.confirmation_asked_at is not None,
    )
    return Page(partial(payment_failed.write, failure, _with_short_ways(head, office, row, now)))


def card(session: Session, office: Office, letter: Letter, head: Letterhead, now: datetime) -> Page:
    """Only while that card is still to be charged for a gift that goes on."""
    row = session.scalars(
        select(Subscription)
        .where(
            Subscription.stripe_payment_method_id == letter.details["payment_method"],
            Subscription.standing.not_in(TERMINAL),
            Subscription.cancels_at.is_(None),
        )
        .order_by(Subscription.id)
        .limit(1)
    ).first()
    if row is None:
        raise NotNeeded("the card is not charged any more")
    year, month = (int(part) for part in letter.details["month"].split("-"))
    notice = card_expiring.CardExpiring(
        gift=gift_of(row),
        expires_on=date(year, month, calendar.monthrange(year, month)[1]),
        days_left=card_expiring.DaysLeft(letter.details["days_left"]),
        next_charge_on=next_charge_on(days_of(row, office.zone)),
    )
    return Page(partial(card_expiring.write, notice, _with_short_ways(head, office, row, now)))


def _is_healthy(row: Subscription) -> bool:
    return movements.counts(row) and row.standing is not Standing.PAST_DUE


def _with_short_ways(head: Letterhead, office: Office, row: Subscription, now: datetime) -> Letterhead:
    def way(which: ShortWay) -> str:
        token = sign(office.secret_key, which, row.id, now)
        return f"{office.public_base_url}/manage/{which.value}/{token}"

    return replace(head, short_card_url=way(ShortWay.CARD), short_confirm_url=way(ShortWay.CONFIRM))
