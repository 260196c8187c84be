"""Documents with a number: what is said to whoever asks whether one is genuine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donations.domain.money import Money
from donations.domain.verification import is_genuine
from donations.models import DocumentKind, Donation, IssuedDocument
from donations.models.lookup_key import lookup_key
from donations.models.vault import Vault

_CODE_KEY: Final = "document_code"
_LONGEST_NUMBER: Final = 20
_DASHES: Final = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
_NEVER_ISSUED: Final = (Money(1, "eur"), date(2000, 1, 1))
"""What a code is compared with that belongs to no document: an unknown number takes the same work."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What is confirmed of a genuine document, and nothing else: not whose it is.

    `money` and `day` are as the document states them: of a receipt the charge, of a statement the
    total of one currency and the day it was issued. `refunded` is what of it was refunded since.
    """

    kind: DocumentKind
    money: Money
    day: date
    refunded: Money


def code_key(session: Session, vault: Vault) -> bytes:
    """The key of all documents' codes, made on first use."""
    return lookup_key(session, vault, _CODE_KEY)


def verify(session: Session, vault: Vault, number: str, code: str) -> Verified | None:
    """The document that has this number and this code, as somebody typed them.

    None for an unknown number and for a wrong code alike: numbers can't be tried out one by one.
    A statement is None too once a later refund has made its total untrue.
    """
    key, number = code_key(session, vault), _as_issued(number)
    stated = _stated(session, number)
    money_and_day = [(each.money, each.day) for each in stated] or [_NEVER_ISSUED]
    answers = [is_genuine(code, key=key, number=number, money=money, day=day) for money, day in money_and_day]
    return next((each for each, fits in zip(stated, answers, strict=False) if fits), None)


def _as_issued(number: str) -> str:
    """Case, spaces and a dash that a word processor made of the hyphen make no difference."""
    return "".join(number.upper().translate(_DASHES).split())


def _stated(session: Session, number: str) -> list[Verified]:
    """Each sum that the document of this number states with a code; none where there is no such document."""
    # What is too long or not printable can't have been issued, and PostgreSQL would refuse a NUL.
    if len(number) > _LONGEST_NUMBER or not number.isprintable():
        return []
    document = session.get(IssuedDocument, number)
    if document is None:
        return []
    if document.donation_id is not None:
        return [_of_receipt(session.get_one(Donation, document.donation_id))]
    return _of_statement(session, document)


def _of_receipt(donation: Donation) -> Verified:
    return Verified(
        kind=DocumentKind.RECEIPT,
        money=Money(donation.amount, donation.currency),
        day=donation.charged_on,
        refunded=Money(donation.refunded_amount, donation.currency),
    )


def _of_statement(session: Session, document: IssuedDocument) -> list[Verified]:
    assert document.year is not None
    kept = func.sum(Donation.amount - Donation.refunded_amount)
    totals = session.execute(
        select(Donation.currency, kept)
        .where(
            Donation.supporter_id == document.supporter_id,
            Donation.charged_on >= date(document.year, 1, 1),
            Donation.charged_on <= date(document.year, 12, 31),
        )
        .group_by(Donation.currency)
        .order_by(Donation.currency)
    )
    return [
        Verified(
            kind=DocumentKind.STATEMENT,
            # PostgreSQL adds up bigints as a Decimal.
            money=Money(int(total), currency),
            day=document.issued_on,
            refunded=Money.zero(currency),
        )
        for currency, total in totals
    ]
