"""What a database needs after a backup of it was put in its place, before anybody works with it.

Who was erased since is forgotten again, at once; the worker then has Stripe forget, as with every wish.
Who was logged in logs in again: a login that was ended since must not be open again. And what can have
gone on at Stripe without anything new there is looked at again; what is new there, reconciling finds.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from donations.domain.audit import AuditAction
from donations.domain.checkouts import CheckoutStatus
from donations.domain.standing import TERMINAL
from donations.gateway.kinds import ObjectKind
from donations.models import (
    Checkout,
    MagicLink,
    ReaderSession,
    StaffSession,
    StripeObject,
    Subscription,
    Supporter,
)
from donations.services import audit, erasures, inbox

_STILL_GOING: Final = (CheckoutStatus.OPENING, CheckoutStatus.OPEN, CheckoutStatus.PROCESSING)
_LOGINS: Final = (StaffSession, ReaderSession, MagicLink)

Looked = tuple[ObjectKind, str]


def log_everybody_out(session: Session) -> None:
    """Links to log in included."""
    for model in _LOGINS:
        session.execute(delete(model))


def find_remembered(session: Session, erased: Collection[str]) -> list[int]:
    """Whom the backup still knows of those who were erased, by their references."""
    known = select(Supporter.id).where(Supporter.reference.in_(erased), Supporter.erased_at.is_(None))
    return list(session.scalars(known.order_by(Supporter.id)))


def forget_again(session: Session, supporter_id: int, now: datetime) -> None:
    """Wipe what is theirs. The wish is written down anew, so that nothing at Stripe is left out."""
    erasures.ask(session, session.get_one(Supporter, supporter_id), now)
    erasures.wipe(session, supporter_id, now)


def find_unsettled(session: Session) -> list[Looked]:
    """Attempts that may have been paid since, and gifts that may have changed, failed or ended."""
    sessions = select(Checkout.stripe_session_id).where(
        Checkout.status.in_(_STILL_GOING), Checkout.stripe_session_id.is_not(None)
    )
    gifts = select(Subscription.stripe_subscription_id).where(Subscription.standing.not_in(TERMINAL))
    return [
        *((ObjectKind.CHECKOUT_SESSION, each) for each in sorted(filter(None, session.scalars(sessions)))),
        *((ObjectKind.SUBSCRIPTION, each) for each in sorted(session.scalars(gifts))),
    ]


def look_again(session: Session, unsettled: Collection[Looked], now: datetime) -> None:
    for kind, stripe_id in unsettled:
        inbox.mark(session, kind, stripe_id, now)


def let_tickets_go_on(session: Session, now: datetime) -> None:
    """What waited when the backup was made is due now, and what was given up then is tried anew: what
    was in its way belongs to the past."""
    waiting = StripeObject.applied < StripeObject.generation
    session.execute(
        update(StripeObject)
        .where(waiting)
        .values(next_try_at=now, tries=0, quarantined_at=None, problem=None)
    )


def note_down(session: Session, begun_at: datetime, forgotten: int, now: datetime) -> None:
    """In the audit log, whose later lines are gone with what the backup replaced."""
    audit.record(
        session,
        AuditAction.RESTORE_BACKUP,
        staff_user_id=None,
        reason=None,
        details={"backup_of": begun_at.isoformat(timespec="seconds"), "forgotten_again": forgotten},
        now=now,
    )
