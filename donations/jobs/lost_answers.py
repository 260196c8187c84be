"""Find the sessions that Stripe opened for us while its answer was lost.

Our row is there and says `opening`. Stripe is asked for the session that carries our reference
soon after, and once more when such a session would have ended: if there is none then, there
never was one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import and_, or_, select

from donations.domain.checkouts import CheckoutStatus
from donations.gateway.errors import GatewayError
from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import CheckoutSessionSnapshot
from donations.models import Checkout
from donations.models.database import reading, writing
from donations.runtime import Runtime
from donations.services import checkouts, inbox

log = structlog.get_logger("donations.jobs.lost_answers")

_SOON: Final = timedelta(minutes=2)
"""By then the request that opened it has been answered or given up."""
_ASKED_UNTIL: Final = timedelta(minutes=5)
_MOST: Final = 1_000


@dataclass(frozen=True, slots=True)
class _Unanswered:
    reference: str
    created_at: datetime
    has_ended: bool


def find_lost_answers(runtime: Runtime) -> int:
    """Returns how many were settled.

    All that wait are looked for in one list, so that none keeps another waiting.
    """
    waiting = _unanswered(runtime)
    if not waiting:
        return 0
    try:
        found = runtime.gateway.find_checkout_sessions(
            {each.reference for each in waiting}, min(each.created_at for each in waiting)
        )
    except GatewayError as error:
        log.warning("lost_answers_not_found_out", count=len(waiting), reason=str(error))
        return 0
    return sum(_settle(runtime, each, found.get(each.reference)) for each in waiting)


def _settle(runtime: Runtime, checkout: _Unanswered, found: CheckoutSessionSnapshot | None) -> bool:
    if found is not None:
        _have_looked_at(runtime, found.id)
    elif checkout.has_ended:
        _give_up(runtime, checkout.reference)
    return found is not None or checkout.has_ended


def _unanswered(runtime: Runtime) -> list[_Unanswered]:
    now = runtime.now()
    is_recent = and_(Checkout.created_at <= now - _SOON, Checkout.created_at > now - _ASKED_UNTIL)
    statement = (
        select(Checkout.reference, Checkout.created_at, Checkout.expires_at)
        .where(
            Checkout.status == CheckoutStatus.OPENING,
            Checkout.stripe_session_id.is_(None),
            or_(is_recent, Checkout.expires_at < now),
        )
        # What has ended is settled by this look and makes room; what is recent is looked at newest
        # first, because the older have been looked for before.
        .order_by(Checkout.created_at.desc())
        .limit(_MOST)
    )
    with reading() as session:
        rows = session.execute(statement).all()
    return [
        _Unanswered(reference, created_at, expires_at < now) for reference, created_at, expires_at in rows
    ]


def _have_looked_at(runtime: Runtime, session_id: str) -> None:
    """The session's own sync adopts its id and address, and all that has come of it."""
    with writing() as session:
        inbox.mark(session, ObjectKind.CHECKOUT_SESSION, session_id, runtime.now())


def _give_up(runtime: Runtime, reference: str) -> None:
    with writing() as session:
        checkouts.record_failure(session, reference, runtime.now())
