"""Enter gifts that reached us without Stripe: by bank transfer, in cash, as a cheque.

They stand in the same table as all donations. What they came to is known at once: nobody took a fee.
A money fact is never changed, so an entry is looked through before it is made, and made once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donations.domain.amounts import format_money
from donations.domain.audit import AuditAction
from donations.domain.errors import DonationError
from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.domain.offline import OfflineMethod
from donations.models import Donation, DonationSource, Supporter
from donations.models.insert import insert_if_absent
from donations.services import audit, origins

_NOON = time(12)


@dataclass(frozen=True, slots=True)
class OfflineGift:
    """What staff have before them: a line of a bank statement, an envelope."""

    money: Money
    received_on: date
    """In the reporting zone."""
    method: OfflineMethod
    campaign: str | None = None


class EnteredAlready(DonationError):
    """The same form was sent before, with something else in it."""

    def __init__(self) -> None:
        super().__init__("This form was used for another gift already. Open a new one for this gift.")


def enter(
    session: Session,
    supporter: Supporter,
    gift: OfflineGift,
    *,
    nonce: str,
    by: int | None,
    zone: ZoneInfo,
    now: datetime,
) -> tuple[Donation, bool]:
    """The donation of a gift, and whether it is new: one form (`nonce`) enters one. Raises EnteredAlready.

    `by` is the member of staff.
    """
    row = _new_row(supporter, gift, zone, now) | {"origin_id": origins.find_or_add(session, gift.campaign)}
    is_new = insert_if_absent(session, Donation, row | {"entry_nonce": nonce})
    donation = session.scalars(select(Donation).where(Donation.entry_nonce == nonce)).one()
    facts = ("supporter_id", "amount", "currency", "method", "charged_on", "origin_id")
    if any(getattr(donation, fact) != row[fact] for fact in facts):
        raise EnteredAlready
    if is_new:
        _note(session, gift, by, now)
    return donation, is_new


def count_alike(session: Session, supporter: Supporter, gift: OfflineGift) -> int:
    """How many gifts of the same supporter, amount and day were entered by now: perhaps this very one."""
    alike = select(func.count()).where(
        Donation.supporter_id == supporter.id,
        Donation.source == DonationSource.OFFLINE,
        Donation.amount == gift.money.amount,
        Donation.currency == gift.money.currency,
        Donation.charged_on == gift.received_on,
    )
    return session.scalar(alike) or 0


def _note(session: Session, gift: OfflineGift, by: int | None, now: datetime) -> None:
    details = {
        "amount": format_money(gift.money, "en"),
        "received": gift.received_on.isoformat(),
        "method": gift.method.value.replace("_", " "),
    }
    audit.record(
        session,
        AuditAction.ENTER_OFFLINE_GIFT,
        staff_user_id=by,
        reason=None,
        details=details,
        now=now,
    )


def _new_row(supporter: Supporter, gift: OfflineGift, zone: ZoneInfo, now: datetime) -> dict[str, object]:
    amount, currency = gift.money.amount, gift.money.currency
    return {
        "supporter_id": supporter.id,
        "source": DonationSource.OFFLINE,
        "method": gift.method,
        "frequency": Frequency.ONCE,
        "amount": amount,
        "currency": currency,
        "refunded_amount": 0,
        "settlement_currency": currency,
        "settled_amount": amount,
        "fee_amount": 0,
        "net_amount": amount,
        "settlement_recorded_at": now,
        "charged_at": _charged_at(gift.received_on, zone, now),
        "charged_on": gift.received_on,
        "recorded_at": now,
    }


def _charged_at(day: date, zone: ZoneInfo, now: datetime) -> datetime:
    """Its noon, which is the same day in every zone that figures are shown in; never still to come."""
    return min(datetime.combine(day, _NOON, tzinfo=zone).astimezone(UTC), now)
