"""The payments of one supporter, a page at a time, with the numbers of the receipts that were issued."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donations.domain.errors import NotFound
from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.models import Donation, IssuedDocument
from donations.services import issuing

PER_PAGE: Final = 24


@dataclass(frozen=True, slots=True)
class OwnReceipt:
    """One payment, with the number of its receipt."""

    number: str
    charged_on: date
    money: Money
    refunded: Money
    frequency: Frequency


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    receipts: tuple[OwnReceipt, ...]
    page: int
    pages: int
    years: tuple[int, ...]
    """With payments, the newest first: each has a statement."""


def look(session: Session, supporter_id: int, page: int, zone: ZoneInfo, now: datetime) -> ReceiptPage:
    """The page of that number, or the last one there is. Numbers are given where there are none yet."""
    mine = Donation.supporter_id == supporter_id
    count = session.scalar(select(func.count()).select_from(Donation).where(mine)) or 0
    pages = max(1, -(-count // PER_PAGE))
    page = min(max(page, 1), pages)
    rows = session.scalars(
        select(Donation)
        .where(mine)
        .order_by(Donation.charged_at.desc(), Donation.id.desc())
        .offset((page - 1) * PER_PAGE)
        .limit(PER_PAGE)
    ).all()
    receipts = tuple(_receipt(row, issuing.issue_receipt(session, row, zone, now).number) for row in rows)
    return ReceiptPage(receipts, page, pages, _years(session, supporter_id))


def get_donation(session: Session, supporter_id: int, number: str) -> Donation:
    """The payment of a receipt. Raises NotFound, also where it is someone else's."""
    row = session.scalar(
        select(Donation)
        .join(IssuedDocument, IssuedDocument.donation_id == Donation.id)
        .where(IssuedDocument.number == number, Donation.supporter_id == supporter_id)
    )
    if row is None:
        raise NotFound("receipt")
    return row


def _receipt(row: Donation, number: str) -> OwnReceipt:
    return OwnReceipt(
        number=number,
        charged_on=row.charged_on,
        money=Money(row.amount, row.currency),
        refunded=Money(row.refunded_amount, row.currency),
        frequency=row.frequency,
    )


def _years(session: Session, supporter_id: int) -> tuple[int, ...]:
    year = func.extract("year", Donation.charged_on)
    found = select(year).where(Donation.supporter_id == supporter_id).distinct()
    return tuple(sorted((int(each) for each in session.scalars(found)), reverse=True))
