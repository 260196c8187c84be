"""Forget a supporter: everything that is theirs, and nothing of the accounts.

The wish is a row, so that it outlives a crash. Stripe's customers are deleted first, with no
transaction open; then `wipe` takes the address, the names and the key that sealed them. Donations,
refunds, disputes, subscriptions, movements and numbers of documents stay, for the law asks us to keep
accounts; they name a supporter of whom nothing is known any more. What Stripe itself must keep of a
payment is not ours to erase, and copies of the database from before hold what they held.

A later gift from the same address is one of a new supporter: nothing leads from it to the old one.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from donations.domain.standing import TERMINAL
from donations.gateway.kinds import ObjectKind
from donations.models import (
    Checkout,
    Donation,
    Erasure,
    OutboxMessage,
    OutboxStatus,
    StripeCustomer,
    StripeObject,
    Subscription,
    Supporter,
)
from donations.models.insert import insert_if_absent
from donations.services import inbox, link_requests, magic_links, reader_sessions
from donations.services.tickets import backoff

Forget = Callable[[Session, int, datetime], None]

LEASE: Final = timedelta(minutes=5)
FORGET: Final[tuple[Forget, ...]] = (magic_links.forget, link_requests.forget, reader_sessions.forget)
"""What else to wipe of a supporter, in the same transaction; each is told whom, and when."""
ERASED: Final = "erased"
"""Why a letter that waited is not sent."""

_MOST_BACKED_OFF: Final = 6
"""Tries after which the wait grows no longer, some hours: a wish to be forgotten is never given up."""
_LONGEST_PROBLEM: Final = 255


@dataclass(frozen=True, slots=True)
class Claimed:
    """One erasure that this worker carries out now."""

    supporter_id: int
    tries: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """What an erasure would do, in numbers."""

    running_gifts: int
    """Recurring gifts that would end at once."""
    customers: int
    attempts: int
    waiting_letters: int
    donations: int
    """Which stay, without a name."""


def ask(session: Session, supporter: Supporter, now: datetime) -> bool:
    """Write down that a supporter wants to be forgotten; False where that was written before."""
    wish = {"supporter_id": supporter.id, "asked_at": now, "tries": 0, "next_try_at": now}
    return insert_if_absent(session, Erasure, wish)


def look_ahead(session: Session, supporter_id: int) -> Outlook:
    """What would happen, for somebody who has to decide."""

    def count(*conditions: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).where(*conditions)) or 0

    return Outlook(
        running_gifts=count(
            Subscription.supporter_id == supporter_id, Subscription.standing.not_in(TERMINAL)
        ),
        customers=count(StripeCustomer.supporter_id == supporter_id),
        attempts=count(Checkout.supporter_id == supporter_id),
        waiting_letters=count(*_waiting_letters(supporter_id)),
        donations=count(Donation.supporter_id == supporter_id),
    )


def claim_due(session: Session, limit: int, now: datetime) -> list[Claimed]:
    """Lease the erasures that wait longest; a crash lets the lease run out."""
    due = (
        select(Erasure)
        .where(_is_due(now))
        .order_by(Erasure.next_try_at, Erasure.supporter_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [_leased(row, now) for row in session.scalars(due)]


def claim(session: Session, supporter_id: int, now: datetime) -> Claimed:
    """Lease one that somebody waits for, due or not: that two carry it out does no harm."""
    return _leased(session.get_one(Erasure, supporter_id, with_for_update=True), now)


def is_any_due(session: Session, now: datetime) -> bool:
    return session.scalar(select(Erasure.supporter_id).where(_is_due(now)).limit(1)) is not None


def list_erased(session: Session) -> tuple[str, ...]:
    """The references of those who were erased or asked for it: what a restored backup must forget again."""
    wished = select(Erasure.supporter_id)
    chosen = or_(Supporter.erased_at.is_not(None), Supporter.id.in_(wished))
    return tuple(session.scalars(select(Supporter.reference).where(chosen).order_by(Supporter.reference)))


def customers_of(session: Session, supporter_id: int) -> list[str]:
    """Their customers at Stripe."""
    mine = select(StripeCustomer.stripe_customer_id).where(StripeCustomer.supporter_id == supporter_id)
    return list(session.scalars(mine.order_by(StripeCustomer.stripe_customer_id)))


def have_ends_looked_at(session: Session, supporter_id: int, now: datetime) -> None:
    """The gifts that ended with their customer: what Stripe says of them brings that into the accounts.

    In a transaction of its own: whoever applies a copy locks ticket and supporter in the other order.
    """
    running = select(Subscription.stripe_subscription_id).where(
        Subscription.supporter_id == supporter_id, Subscription.standing.not_in(TERMINAL)
    )
    for stripe_id in sorted(session.scalars(running)):
        inbox.mark(session, ObjectKind.SUBSCRIPTION, stripe_id, now)


def wipe(session: Session, supporter_id: int, now: datetime, forget: tuple[Forget, ...] = FORGET) -> None:
    """Take away what is personal. Again changes nothing but what came since."""
    # Checkouts before their supporter, as everybody locks them who applies a payment.
    mine = select(Checkout.id).where(Checkout.supporter_id == supporter_id)
    session.scalars(mine.order_by(Checkout.id).with_for_update()).all()
    supporter = session.get_one(Supporter, supporter_id, with_for_update=True)
    _wipe_checkouts(session, supporter_id)
    _drop_letters(session, supporter_id, now)
    _wipe_supporter(supporter, now)
    for each in forget:
        each(session, supporter_id, now)


def finish(session: Session, claimed: Claimed, now: datetime) -> None:
    row = session.get_one(Erasure, claimed.supporter_id, with_for_update=True)
    row.finished_at, row.tries, row.problem = row.finished_at or now, 0, None


def fail(session: Session, claimed: Claimed, problem: str, now: datetime, random: Random) -> None:
    """Put it off. `problem` is ours to word: it carries nothing personal."""
    tries = claimed.tries + 1
    row = session.get_one(Erasure, claimed.supporter_id, with_for_update=True)
    row.tries, row.problem = tries, problem[:_LONGEST_PROBLEM]
    row.next_try_at = now + backoff(min(tries, _MOST_BACKED_OFF), random)


def _wipe_supporter(supporter: Supporter, now: datetime) -> None:
    """The index is as random as any address's, so that it cannot be told from one and leads nowhere."""
    supporter.email_index = secrets.token_bytes(32)
    supporter.email_sealed = supporter.data_key_sealed = b""
    supporter.name_sealed = supporter.language = None
    supporter.wants_newsletter = False
    supporter.neutral_subjects_since = None
    supporter.suppressed_at = supporter.suppression_reason = None
    supporter.erased_at = supporter.erased_at or now


def _wipe_checkouts(session: Session, supporter_id: int) -> None:
    """Whatever was given with an attempt, or could tell one reader from others. Amounts and the
    article it came from stay: they are counted."""
    statement = update(Checkout).where(Checkout.supporter_id == supporter_id)
    session.execute(
        statement.values(
            name_sealed=None,
            parameters_sealed=b"",
            wants_newsletter=False,
            stripe_url=None,
            utm_source=None,
            utm_medium=None,
            utm_campaign=None,
            utm_content=None,
            utm_term=None,
        )
    )


def _drop_letters(session: Session, supporter_id: int, now: datetime) -> None:
    statement = update(OutboxMessage).where(*_waiting_letters(supporter_id))
    session.execute(statement.values(skipped_at=now, problem=ERASED))


def _waiting_letters(supporter_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        OutboxMessage.supporter_id == supporter_id,
        OutboxMessage.status == OutboxStatus.WAITING,
        OutboxMessage.skipped_at.is_(None),
    )


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(
        Erasure.next_try_at <= now,
        or_(Erasure.finished_at.is_(None), _runs_on(), _page_is_known()),
    )


def _runs_on() -> ColumnElement[bool]:
    """A gift of theirs goes on, and nothing waits to be looked at that may end it: its page was open
    while they were forgotten, and it was paid there afterwards. Nobody could ever manage it."""
    return exists().where(
        Subscription.supporter_id == Erasure.supporter_id,
        Subscription.standing.not_in(TERMINAL),
        StripeObject.kind == ObjectKind.SUBSCRIPTION,
        StripeObject.stripe_id == Subscription.stripe_subscription_id,
        StripeObject.applied == StripeObject.generation,
    )


def _page_is_known() -> ColumnElement[bool]:
    """Stripe's page, which shows their address while it is open, was noted again."""
    return exists().where(Checkout.supporter_id == Erasure.supporter_id, Checkout.stripe_url.is_not(None))


def _leased(row: Erasure, now: datetime) -> Claimed:
    row.next_try_at = now + LEASE
    return Claimed(row.supporter_id, row.tries)
