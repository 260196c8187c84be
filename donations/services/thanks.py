"""What to tell a reader who comes back from Stripe. The redirect proves nothing; our rows do.

While the outcome is not known the session is marked to be looked at again, which heals a lost
webhook. "Not paid" is only said of a session that was looked at after this reader came: a look
from before may be older than the payment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.checkouts import CheckoutStatus
from donations.domain.gifts import Gift
from donations.domain.money import Money
from donations.domain.offers import OfferBook
from donations.domain.supporters import mask_email_short
from donations.gateway.kinds import ObjectKind
from donations.models import Checkout, Donation, StripeObject, Supporter
from donations.models.vault import Vault
from donations.services import checkouts, inbox, supporters
from donations.services.charge_plans import ChargePlan, find_plan
from donations.services.later_gifts import LaterGift, find_offer

FRESH_FOR: Final = timedelta(seconds=15)


class ThanksState(StrEnum):
    RECEIVED = "received"
    BEGINS_LATER = "begins_later"
    """A recurring gift is agreed upon, and its first charge lies ahead."""
    ON_ITS_WAY = "on_its_way"
    NOT_PAID = "not_paid"


@dataclass(frozen=True, slots=True)
class ThanksView:
    """One checkout, as its reader may see it."""

    state: ThanksState
    reference: str
    gift: Gift
    charge: Money
    email_masked: str
    article: str | None
    plan: ChargePlan | None
    """Of a recurring gift that was received or agreed upon; None where no charge is to come."""
    begins_later: bool
    """Whether it was agreed to begin on a later day, whatever has become of it."""
    offer: LaterGift | None
    """What may follow a gift given once that was received."""
    look_again_at: int | None
    """The generation to ask for next, while the outcome is not known."""
    is_bank_confirming: bool
    """The reader has done their part, and the bank needs time."""
    stripe_url: str | None
    """Where the reader can carry on, while nothing was paid and the session is open."""
    is_marked: bool
    """Whether the worker has something to look at."""

    @property
    def next_charge_on(self) -> date | None:
        return None if self.plan is None else self.plan.days[0]


_GOES_ON: Final = frozenset({ThanksState.RECEIVED, ThanksState.BEGINS_LATER})
_NOT_PAID: Final = frozenset({CheckoutStatus.UNPAID, CheckoutStatus.EXPIRED, CheckoutStatus.FAILED})


def look(
    session: Session,
    vault: Vault,
    reference: str,
    *,
    since: int | None,
    book: OfferBook,
    zone: ZoneInfo,
    now: datetime,
) -> ThanksView | None:
    """None where there is no such checkout, or its reader was forgotten since. `since` is the generation
    that an earlier look marked."""
    row = checkouts.find(session, reference)
    if row is None:
        return None
    supporter = session.get_one(Supporter, row.supporter_id)
    if supporter.erased_at is not None:
        return None
    state, generation = _state(session, row, since, now)
    can_carry_on = state is ThanksState.NOT_PAID and row.status is CheckoutStatus.OPEN
    return ThanksView(
        state=state,
        reference=row.reference,
        gift=Gift(Money(row.gift_amount, row.currency), row.frequency),
        charge=Money(row.charge_amount, row.currency),
        email_masked=mask_email_short(supporters.contact_of(supporter, vault).email),
        article=row.article,
        plan=find_plan(session, row, zone, now) if state in _GOES_ON else None,
        begins_later=row.first_charge_at is not None,
        offer=find_offer(row, book, zone, now) if state is ThanksState.RECEIVED else None,
        look_again_at=generation,
        is_bank_confirming=row.status is CheckoutStatus.PROCESSING,
        stripe_url=row.stripe_url if can_carry_on and row.expires_at > now else None,
        is_marked=generation is not None,
    )


def _state(
    session: Session, row: Checkout, since: int | None, now: datetime
) -> tuple[ThanksState, int | None]:
    if row.status is CheckoutStatus.PAID or _has_donation(session, row):
        return ThanksState.RECEIVED, None
    if row.status in _NOT_PAID:
        return ThanksState.NOT_PAID, None
    if _begins_later(row, now):
        return ThanksState.BEGINS_LATER, None
    if row.stripe_session_id is None:
        # The reader was at Stripe, so the session exists: its webhook will tell us which it is.
        return ThanksState.ON_ITS_WAY, None
    if row.status is CheckoutStatus.OPEN and _was_looked_at(session, row.stripe_session_id, since, now):
        # What that look found was committed with it, perhaps since the row was read here.
        session.refresh(row, ["status"])
        if row.status is CheckoutStatus.OPEN and not _has_donation(session, row):
            return ThanksState.NOT_PAID, None
        return _state(session, row, since, now)
    return ThanksState.ON_ITS_WAY, inbox.mark(
        session, ObjectKind.CHECKOUT_SESSION, row.stripe_session_id, now
    )


def _begins_later(row: Checkout, now: datetime) -> bool:
    """Agreed upon, and not due yet. From the day of its first charge on, the bank has the word."""
    begins_at = row.first_charge_at
    return begins_at is not None and now < begins_at and row.status is CheckoutStatus.PROCESSING


def _was_looked_at(session: Session, session_id: str, since: int | None, now: datetime) -> bool:
    if since is None:
        return False
    ticket = session.scalar(
        select(StripeObject).where(
            StripeObject.kind == ObjectKind.CHECKOUT_SESSION, StripeObject.stripe_id == session_id
        )
    )
    if ticket is None or ticket.looked_at is None or ticket.applied < since:
        return False
    return now - ticket.looked_at <= FRESH_FOR


def _has_donation(session: Session, row: Checkout) -> bool:
    return session.scalar(select(Donation.id).where(Donation.checkout_id == row.id).limit(1)) is not None
