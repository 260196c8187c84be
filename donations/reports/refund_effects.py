"""What a refund would change, for whoever is about to ask for it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.money import Money
from donations.domain.standing import is_terminal
from donations.models import DocumentKind, Donation, IssuedDocument, Subscription, Supporter
from donations.reports.supporter_record import Total, find_record


@dataclass(frozen=True, slots=True)
class RefundEffects:
    """`before` and `after` are what its supporter gave in its currency."""

    donation: Donation
    money: Money
    before: Total
    after: Total
    gift: Subscription | None
    """The recurring gift that it belongs to, where that goes on."""
    receipt: IssuedDocument | None
    statement: IssuedDocument | None
    """Of the year it was given in, where it was issued by now: its total is true no more."""

    @property
    def refunded_before(self) -> Money:
        return Money(self.donation.refunded_amount, self.donation.currency)

    @property
    def refunded_after(self) -> Money:
        return self.refunded_before + self.money

    @property
    def kept_after(self) -> Money:
        return Money(self.donation.amount, self.donation.currency) - self.refunded_after

    @property
    def is_partial(self) -> bool:
        return self.kept_after.is_positive


def effects_of(session: Session, donation: Donation, supporter: Supporter, money: Money) -> RefundEffects:
    record = find_record(session, supporter.reference)
    assert record is not None
    (before,) = (each for each in record.totals if each.gross.currency == donation.currency)
    gift = next((each for each in record.subscriptions if each.id == donation.subscription_id), None)
    return RefundEffects(
        donation=donation,
        money=money,
        before=before,
        after=replace(before, refunded=before.refunded + money),
        gift=None if gift is None or is_terminal(gift.standing) else gift,
        receipt=session.scalar(select(IssuedDocument).where(IssuedDocument.donation_id == donation.id)),
        statement=session.scalar(
            select(IssuedDocument).where(
                IssuedDocument.supporter_id == supporter.id,
                IssuedDocument.kind == DocumentKind.STATEMENT,
                IssuedDocument.year == donation.charged_on.year,
            )
        ),
    )
