"""Ask for a link to `/manage`, and find out whose address it was.

The page that takes the address only writes it down, as its blind index: what it does, says and costs
is the same whether we know the address or not. The worker matches it afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from donations.domain.manage_pages import ManagePage
from donations.languages import Language
from donations.models import LinkRequest, OutboxMessage
from donations.models.vault import Vault
from donations.services import outbox, supporters
from donations.services.references import new_reference
from donations.services.throttles import Limit, network_of, take_try, throttle_key

LETTER: Final = "manage_link"
ADDRESS_LIMIT: Final = Limit("manage_link/address", 5, timedelta(hours=1))
"""More letters than this nobody needs, and nobody may fill another's mailbox."""
NETWORK_LIMIT: Final = Limit("manage_link/network", 20, timedelta(minutes=15))

KEPT_FOR: Final = timedelta(days=2)
"""Longer than a letter is tried to be sent."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, from where: known for the length of the request only."""

    email: str = field(repr=False)
    """Normalised already (see `domain.supporters`)."""
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TooMany:
    """This network asked too often of late."""

    until: datetime


def ask(
    session: Session,
    vault: Vault,
    secret: str,
    asker: Asker,
    now: datetime,
    *,
    language: Language,
    wanted: ManagePage | None,
) -> TooMany | None:
    """Write the wish down. Beyond the limit of one address nothing is, which nobody is told:
    whether an address is asked for often is its owner's business.

    A refusal is returned and not raised: raising it would undo the count.
    """
    network = network_of(asker.address)
    until = take_try(session, NETWORK_LIMIT, throttle_key(secret, NETWORK_LIMIT, network, now), now)
    if until is not None:
        return TooMany(until)
    index = supporters.email_index_of(session, vault, asker.email)
    is_too_often = take_try(
        session, ADDRESS_LIMIT, throttle_key(secret, ADDRESS_LIMIT, index.hex(), now), now
    )
    if is_too_often is None:
        session.add(
            LinkRequest(
                reference=new_reference(),
                email_index=index,
                language=language,
                wanted=wanted,
                created_at=now,
            )
        )
        session.flush()
    return None


def match(session: Session, limit: int, now: datetime) -> int:
    """Order the letter for each address that is a supporter's; forget the others. Returns how many."""
    unmatched = (
        select(LinkRequest)
        .where(LinkRequest.matched_at.is_(None))
        .order_by(LinkRequest.created_at, LinkRequest.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    requests = session.scalars(unmatched).all()
    for request in requests:
        supporter = supporters.find_by_index(session, request.email_index)
        if supporter is None or supporter.erased_at is not None:
            session.delete(request)
            continue
        outbox.add(session, LETTER, request.reference, supporter.id, now)
        request.matched_at = now
    return len(requests)


def is_any_unmatched(session: Session) -> bool:
    unmatched = select(LinkRequest.id).where(LinkRequest.matched_at.is_(None)).limit(1)
    return session.scalar(unmatched) is not None


def find_language(session: Session, reference: str) -> Language | None:
    """The language that a link was asked for in."""
    return session.scalar(select(LinkRequest.language).where(LinkRequest.reference == reference))


def forget(session: Session, supporter_id: int, _now: datetime) -> None:
    """Take away what the supporter asked for: with their address, its index must go too."""
    theirs = select(OutboxMessage.cause).where(
        OutboxMessage.supporter_id == supporter_id, OutboxMessage.kind == LETTER
    )
    session.execute(delete(LinkRequest).where(LinkRequest.reference.in_(theirs)))


def purge(session: Session, now: datetime) -> None:
    """Forget who asked."""
    session.execute(
        delete(LinkRequest).where(
            LinkRequest.matched_at.is_not(None), LinkRequest.matched_at < now - KEPT_FOR
        )
    )
