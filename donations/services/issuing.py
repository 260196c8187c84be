"""Give receipts and yearly statements their numbers, and gather what stands on them.

A number is given once and stays. Numbers are random: numbers in a row would tell how many give.
"""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.documents.receipt import ReceiptDocument
from donations.documents.yearly_statement import StatementDocument, StatementLine, StatementTotal
from donations.domain.money import Money
from donations.domain.periods import local_day
from donations.domain.verification import code_for
from donations.models import Checkout, DocumentKind, Donation, DonationSource, IssuedDocument
from donations.models.insert import insert_if_absent
from donations.models.vault import Vault
from donations.services.documents import code_key

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: nothing in it is taken for something else when it is read aloud."""
_LENGTH: Final = 8


def issue_receipt(session: Session, donation: Donation, zone: ZoneInfo, now: datetime) -> IssuedDocument:
    """The receipt of a donation, with its number; the same one however often it is asked for."""
    by_donation = select(IssuedDocument).where(IssuedDocument.donation_id == donation.id)
    found = session.scalar(by_donation)
    if found is not None:
        return found
    row = _new_row(DocumentKind.RECEIPT, donation.supporter_id, donation.charged_on.year, zone, now)
    insert_if_absent(session, IssuedDocument, row | {"donation_id": donation.id})
    return session.scalars(by_donation).one()


def issue_statement(
    session: Session, supporter_id: int, year: int, zone: ZoneInfo, now: datetime
) -> IssuedDocument:
    """The statement of a supporter's year, with its number."""
    by_year = select(IssuedDocument).where(
        IssuedDocument.supporter_id == supporter_id, IssuedDocument.year == year
    )
    found = session.scalar(by_year)
    if found is not None:
        return found
    row = _new_row(DocumentKind.STATEMENT, supporter_id, year, zone, now)
    insert_if_absent(session, IssuedDocument, row | {"year": year})
    return session.scalars(by_year).one()


def receipt_document(
    session: Session,
    vault: Vault,
    donation: Donation,
    *,
    name: str | None,
    statement_descriptor: str,
    zone: ZoneInfo,
    now: datetime,
) -> ReceiptDocument:
    """What stands on the receipt of one donation."""
    issued = issue_receipt(session, donation, zone, now)
    amount = Money(donation.amount, donation.currency)
    return ReceiptDocument(
        number=issued.number,
        code=code_for(code_key(session, vault), issued.number, amount, donation.charged_on),
        amount=amount,
        charged_on=donation.charged_on,
        frequency=donation.frequency,
        reference=reference_of(session, donation),
        # What came by other ways stands on a bank statement as its giver's bank wrote it, if at all.
        statement_descriptor=statement_descriptor if donation.source is DonationSource.STRIPE else "",
        name=name,
    )


def statement_document(
    session: Session,
    vault: Vault,
    supporter_id: int,
    year: int,
    *,
    name: str | None,
    zone: ZoneInfo,
    now: datetime,
) -> StatementDocument | None:
    """What stands on a supporter's statement of one year; None where they gave nothing in it."""
    donations = _donations_of(session, supporter_id, year)
    if not donations:
        return None
    issued = issue_statement(session, supporter_id, year, zone, now)
    key = code_key(session, vault)
    totals = [_total(issued, key, donations, each) for each in sorted({row.currency for row in donations})]
    return StatementDocument(
        number=issued.number,
        year=year,
        issued_on=issued.issued_on,
        name=name,
        lines=tuple(_line(session, each) for each in donations),
        totals=tuple(totals),
    )


def reference_of(session: Session, donation: Donation) -> str:
    """By which its giver knows a donation: that of the checkout that it came from."""
    if donation.checkout_id is None:
        return "–"
    return session.get_one(Checkout, donation.checkout_id).reference


def _donations_of(session: Session, supporter_id: int, year: int) -> list[Donation]:
    statement = (
        select(Donation)
        .where(
            Donation.supporter_id == supporter_id,
            Donation.charged_on.between(date(year, 1, 1), date(year, 12, 31)),
        )
        .order_by(Donation.charged_at, Donation.id)
    )
    return list(session.scalars(statement))


def _line(session: Session, donation: Donation) -> StatementLine:
    number = session.scalar(select(IssuedDocument.number).where(IssuedDocument.donation_id == donation.id))
    return StatementLine(
        charged_on=donation.charged_on,
        receipt_number=number,
        frequency=donation.frequency,
        amount=Money(donation.amount, donation.currency),
        refunded=Money(donation.refunded_amount, donation.currency),
    )


def _total(issued: IssuedDocument, key: bytes, donations: list[Donation], currency: str) -> StatementTotal:
    mine = [each for each in donations if each.currency == currency]
    given = Money(sum(each.amount for each in mine), currency)
    refunded = Money(sum(each.refunded_amount for each in mine), currency)
    code = code_for(key, issued.number, given - refunded, issued.issued_on)
    return StatementTotal(given, refunded, code)


def _new_row(
    kind: DocumentKind, supporter_id: int, year: int, zone: ZoneInfo, now: datetime
) -> dict[str, object]:
    drawn = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    prefix = "R" if kind is DocumentKind.RECEIPT else "S"
    return {
        "number": f"{prefix}{year}-{drawn[:4]}-{drawn[4:]}",
        "kind": kind,
        "supporter_id": supporter_id,
        "issued_on": local_day(now, zone),
        "issued_at": now,
    }
