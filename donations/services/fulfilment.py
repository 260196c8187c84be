"""What follows when an attempt to give moves on: its status, and what the reader asked for with it."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Final

import structlog
from sqlalchemy import Dialect, bindparam, or_, select, update
from sqlalchemy.orm import Session

from donations.domain.checkouts import CheckoutStatus, can_become
from donations.languages import language_of
from donations.models import Checkout, Supporter
from donations.models.insert import table_of
from donations.models.ready import ReadyStatement
from donations.models.vault import SealBroken, Vault
from donations.services import checkouts, supporters

log = structlog.get_logger("donations.fulfilment")

_BY_REFERENCE: Final = select(Checkout).where(Checkout.reference == bindparam("reference")).with_for_update()
_STILL_GOING = frozenset({CheckoutStatus.OPENING, CheckoutStatus.OPEN, CheckoutStatus.PROCESSING})


def find_locked(session: Session, reference: str) -> Checkout | None:
    """The checkout of a reference, held until the transaction ends."""
    return session.scalar(_BY_REFERENCE, {"reference": reference})


def advance(checkout: Checkout, status: CheckoutStatus, now: datetime) -> bool:
    """Let a checkout move on; False where it may not, for what has ended stays so."""
    if checkout.status is status:
        return True
    if not can_become(checkout.status, status):
        return False
    checkout.status = status
    checkout.ended_at = None if status in _STILL_GOING else now
    return True


def mark_agreed(session: Session, checkout: Checkout, now: datetime) -> bool:
    """A gift that begins later was agreed upon: the reader has done their part."""
    if checkout.status in {CheckoutStatus.PROCESSING, CheckoutStatus.PAID, CheckoutStatus.UNPAID}:
        return True
    if not advance(checkout, CheckoutStatus.PROCESSING, now):
        return False
    supporter = _locked_supporter(session, checkout)
    if supporter.erased_at is None:
        supporter.language = language_of(checkout.locale).value
    return True


def mark_paid(session: Session, checkout: Checkout, vault: Vault, now: datetime) -> bool:
    """The money of a checkout is there: keep the name and the wish for the newsletter given with it."""
    if checkout.status is CheckoutStatus.PAID:
        return True
    if not advance(checkout, CheckoutStatus.PAID, now):
        return False
    if checkout.name_sealed is None:
        _note_wishes(session, checkout)
        return True
    supporter = _locked_supporter(session, checkout)
    if supporter.erased_at is not None:
        # The money is booked; of whom it came from nothing is to be known.
        return True
    supporter.language = language_of(checkout.locale).value
    if checkout.wants_newsletter:
        supporter.wants_newsletter = True
    _adopt_name(checkout, supporter, vault)
    return True


def _note_wishes(session: Session, checkout: Checkout) -> None:
    """The same without a name, in one statement: nothing of the supporter has to be read first."""
    connection = session.connection()
    values = {
        "supporter_id": checkout.supporter_id,
        "spoken": language_of(checkout.locale).value,
        "is_wished": checkout.wants_newsletter,
    }
    _ready_wishes(connection.dialect).first(connection, values)


@lru_cache(maxsize=4)
def _ready_wishes(dialect: Dialect) -> ReadyStatement:
    table = table_of(Supporter)
    columns = table.c
    spoken = bindparam("spoken", type_=columns.language.type)
    is_wished = bindparam("is_wished", type_=columns.wants_newsletter.type)
    statement = (
        update(table)
        .where(columns.id == bindparam("supporter_id"), columns.erased_at.is_(None))
        .values(language=spoken, wants_newsletter=or_(columns.wants_newsletter, is_wished))
        .returning(columns.id)
    )
    return ReadyStatement(statement, dialect)


def _locked_supporter(session: Session, checkout: Checkout) -> Supporter:
    """Not against rows that refer to it: two payments of one supporter, each with its donation written,
    would wait for each other in a circle."""
    by_id = select(Supporter).where(Supporter.id == checkout.supporter_id)
    return session.scalars(by_id.with_for_update(key_share=True)).one()


def _adopt_name(checkout: Checkout, supporter: Supporter, vault: Vault) -> None:
    try:
        name = checkouts.name_of(checkout, supporter, vault)
        if name is not None:
            supporters.rename(supporter, vault, name)
    except SealBroken as error:
        # A name that cannot be read must not keep a payment from being recorded.
        log.warning("name_not_adopted", error=type(error).__name__)
