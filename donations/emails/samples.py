"""Letters as they might be, for staff to look at and for tests to draw. Nobody's data stands in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from donations.domain.gifts import Frequency, Gift
from donations.domain.money import Money
from donations.emails.card_expiring import CardExpiring, DaysLeft
from donations.emails.dispute import Dispute
from donations.emails.gift_cancelled import GiftCancelled
from donations.emails.gift_changed import GiftChanged
from donations.emails.gift_ended import EndCause, GiftEnded
from donations.emails.gift_paused import GiftPaused
from donations.emails.gift_resuming import GiftResuming
from donations.emails.letterhead import Letterhead
from donations.emails.manage_link import ManageLink
from donations.emails.payment_failed import PaymentFailed, Stage
from donations.emails.possible_duplicate import PossibleDuplicate, RunningGift
from donations.emails.receipt import Proof, Receipt
from donations.emails.refund import Refund
from donations.emails.renewal_reminder import RenewalReminder
from donations.emails.yearly_statement import YearlyStatement, YearTotal
from donations.languages import Language

NAMES: Final[Mapping[Language, str]] = {Language.ENGLISH: "Nina Weber", Language.RUSSIAN: "Нина Вебер"}

_MONTHLY: Final = Gift(Money(1000, "eur"), Frequency.MONTHLY)
_LARGER: Final = Gift(Money(1500, "eur"), Frequency.MONTHLY)
_ANNUAL: Final = Gift(Money(10000, "usd"), Frequency.ANNUAL)
_PROOF: Final = Proof("2026-004217", "7Q2M-KX4D-90BT-HZ3E")
_REFERENCE: Final = "c0OqYwV3tqJpX1s8m2KfZA"
_DAY: Final = date(2026, 11, 22)
_NEXT: Final = date(2026, 12, 22)
_LATER: Final = date(2027, 1, 22)

RECEIPTS: Final = {
    "monthly": Receipt(_MONTHLY.money, Frequency.MONTHLY, _DAY, _REFERENCE, _NEXT, _PROOF),
    "annual": Receipt(_ANNUAL.money, Frequency.ANNUAL, _DAY, _REFERENCE, date(2027, 11, 22), _PROOF),
    "once": Receipt(Money(5041, "gbp"), Frequency.ONCE, _DAY, _REFERENCE, None, _PROOF),
    "last-of-its-gift": Receipt(_MONTHLY.money, Frequency.MONTHLY, _DAY, _REFERENCE, None, None),
}
RENEWAL_REMINDERS: Final = {"annual": RenewalReminder(_ANNUAL.money, date(2027, 11, 22))}
CARDS_EXPIRING: Final = {
    "30-days": CardExpiring(_MONTHLY, date(2026, 12, 31), DaysLeft.MANY, _NEXT),
    "7-days": CardExpiring(_ANNUAL, date(2026, 11, 30), DaysLeft.FEW, None),
}
FAILED_PAYMENTS: Final = {
    "day-0": PaymentFailed(_MONTHLY, Stage.FIRST, date(2026, 11, 25)),
    "day-5": PaymentFailed(_MONTHLY, Stage.SECOND, date(2026, 11, 30)),
    "day-12": PaymentFailed(_ANNUAL, Stage.LAST, None),
    "confirm-day-0": PaymentFailed(_MONTHLY, Stage.FIRST, None, needs_confirmation=True),
    "confirm-day-12": PaymentFailed(_MONTHLY, Stage.LAST, date(2026, 12, 6), needs_confirmation=True),
}
ENDED_GIFTS: Final = {
    "failed-payments": GiftEnded(_MONTHLY, _DAY, EndCause.FAILED_PAYMENTS),
    "dispute": GiftEnded(_ANNUAL, _DAY, EndCause.DISPUTE),
}
CHANGED_GIFTS: Final = {
    "amount": GiftChanged(_MONTHLY, _LARGER, _NEXT),
    "frequency": GiftChanged(_MONTHLY, Gift(Money(10000, "eur"), Frequency.ANNUAL), _NEXT),
    "goes-on": GiftChanged(None, _MONTHLY, _NEXT),
}
PAUSED_GIFTS: Final = {
    "months": GiftPaused(_MONTHLY, date(2027, 2, 22)),
    "skipped": GiftPaused(_MONTHLY, _LATER, skipped_on=_NEXT),
}
RESUMING_GIFTS: Final = {"monthly": GiftResuming(_MONTHLY, date(2027, 2, 22))}
CANCELLED_GIFTS: Final = {
    "can-be-undone": GiftCancelled(_MONTHLY, _NEXT, can_be_undone=True),
    "ended": GiftCancelled(_ANNUAL, _DAY, can_be_undone=False),
}
DUPLICATES: Final = {
    "two-gifts": PossibleDuplicate(RunningGift(_MONTHLY, date(2026, 3, 3)), RunningGift(_LARGER, _DAY))
}
REFUNDS: Final = {
    "whole": Refund(Money(5000, "usd"), Money(5000, "usd"), _DAY, Frequency.ONCE, _REFERENCE),
    "part-of-a-recurring-gift": Refund(
        Money(400, "eur"), _MONTHLY.money, _DAY, Frequency.MONTHLY, _REFERENCE
    ),
}
DISPUTES: Final = {
    "recurring": Dispute(_MONTHLY.money, _DAY, Frequency.MONTHLY, _REFERENCE),
    "once": Dispute(Money(5000, "gbp"), _DAY, Frequency.ONCE, _REFERENCE),
}
STATEMENTS: Final = {
    "one-currency": YearlyStatement(
        2026, 12, "2026-S000311", (YearTotal(Money(12000, "eur"), "3HJ8-0WQN-V5TC-2RKX"),)
    ),
    "two-currencies": YearlyStatement(
        2026,
        1,
        "2026-S000312",
        (
            YearTotal(Money(1000, "eur"), "3HJ8-0WQN-V5TC-2RKX"),
            YearTotal(Money(5000, "usd"), "B6F1-9YDM-S47G-XP0A"),
        ),
    ),
}
LINKS: Final = {"half-an-hour": ManageLink("https://support.example/manage/open/q7JtV2mXoL0", 30)}


def sample_letterhead(language: Language, *, is_neutral: bool = False) -> Letterhead:
    return Letterhead(
        language=language,
        sender="The Moscow Times <support@themoscowtimes.com>",
        support_email="support@themoscowtimes.com",
        statement_descriptor="MOSCOW TIMES",
        public_base_url="https://support.example",
        name=NAMES[language],
        is_neutral=is_neutral,
    )
