"""Stripe's test cards and test IBANs: what each of them does, and how a typed one is checked."""

from __future__ import annotations

import hashlib
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Self

from donations.sandbox.document import Document


class Behaviour(StrEnum):
    PAYS = "pays"
    DECLINED = "declined"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    CHALLENGE = "challenge"
    FAILS_LATER = "fails_later"
    DISPUTED = "disputed"
    ASKED_ABOUT = "asked_about"
    """The bank opens an inquiry, which is a dispute that takes no money yet."""
    SUSPECTED = "suspected"
    """The bank sends an early fraud warning."""
    REFUND_FAILS = "refund_fails"
    REFUND_WAITS = "refund_waits"
    DEBIT_SETTLES = "debit_settles"
    DEBIT_FAILS = "debit_fails"


_CARDS = {
    "4000000000000002": Behaviour.DECLINED,
    "4000000000009995": Behaviour.INSUFFICIENT_FUNDS,
    "4000002760003184": Behaviour.CHALLENGE,
    "4000000000003220": Behaviour.CHALLENGE,
    "4000000000000341": Behaviour.FAILS_LATER,
    "4000000000000259": Behaviour.DISPUTED,
    "4000000000001976": Behaviour.ASKED_ABOUT,
    "4000000000005423": Behaviour.SUSPECTED,
    "4000000000005126": Behaviour.REFUND_FAILS,
    "4000000000007726": Behaviour.REFUND_WAITS,
}
_NAMED = {
    "visa": "4242424242424242",
    "visa_debit": "4000056655665556",
    "mastercard": "5555555555554444",
    "amex": "378282246310005",
    "us": "4242424242424242",
    "bypassPending": "4000000000000077",
    "chargeDeclined": "4000000000000002",
    "visa_chargeDeclined": "4000000000000002",
    "chargeDeclinedInsufficientFunds": "4000000000009995",
    "visa_chargeDeclinedInsufficientFunds": "4000000000009995",
    "chargeCustomerFail": "4000000000000341",
    "authenticationRequired": "4000002760003184",
    "threeDSecure2Required": "4000000000003220",
    "createDispute": "4000000000000259",
    "createDisputeInquiry": "4000000000001976",
    "createIssuerFraudRecord": "4000000000005423",
    "refundFail": "4000000000005126",
    "pendingRefund": "4000000000007726",
}
"""Stripe's names for its test cards: `pm_card_visa` as a payment method, `tok_visa` as a token."""
_FAILING_IBANS = frozenset({"DE62370400440532013001", "AT861904300235473202"})


@dataclass(frozen=True, slots=True)
class Instrument:
    """What the reader paid with, as far as the sandbox keeps it: never the whole number."""

    type: str
    behaviour: Behaviour
    last4: str
    fingerprint: str
    brand: str = ""
    exp_month: int = 0
    exp_year: int = 0
    country: str = ""
    bank_code: str = ""

    def to_json(self) -> Document:
        return {**asdict(self), "behaviour": self.behaviour.value}

    @classmethod
    def from_json(cls, kept: Document) -> Self:
        behaviour = Behaviour(kept["behaviour"])
        return cls(behaviour=behaviour, **{name: kept[name] for name in kept if name != "behaviour"})


class NotACard(Exception):
    """What was typed cannot be charged; the message is shown beside the field."""


def read_card(number: str, expiry: str, cvc: str, now: int) -> tuple[Instrument | None, dict[str, str]]:
    """The card, or what is wrong with each field."""
    digits = re.sub(r"[\s-]", "", number)
    errors: dict[str, str] = {}
    if not digits:
        errors["cardNumber"] = "Enter a card number."
    elif not re.fullmatch(r"[0-9]{13,19}", digits) or not _passes_luhn(digits):
        errors["cardNumber"] = "Your card number is invalid."
    month, year = 0, 0
    try:
        month, year = _read_expiry(expiry, now)
    except NotACard as error:
        errors["cardExpiry"] = str(error)
    if not re.fullmatch(r"[0-9]{3,4}", cvc.strip()):
        errors["cardCvc"] = "Your card's security code is incomplete."
    if errors:
        return None, errors
    return (
        Instrument(
            type="card",
            behaviour=_CARDS.get(digits, Behaviour.PAYS),
            last4=digits[-4:],
            fingerprint=_fingerprint(digits),
            brand=_brand(digits),
            exp_month=month,
            exp_year=year,
            country="US",
        ),
        {},
    )


def named_card(name: str, now: int) -> Instrument | None:
    """The test card that goes by a name, such as `pm_card_visa`; None if Stripe has no such name."""
    prefix = re.match(r"pm_card_|tok_", name)
    number = _NAMED.get(name[prefix.end() :]) if prefix else None
    if number is None:
        return None
    today = datetime.fromtimestamp(now, UTC)
    card, _ = read_card(number, f"{today.month} / {today.year + 1}", "123", now)
    return card


def read_iban(iban: str) -> Instrument:
    compact = re.sub(r"\s", "", iban).upper()
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", compact) or not _passes_mod97(compact):
        raise NotACard("Your IBAN is invalid.")
    return Instrument(
        type="sepa_debit",
        behaviour=Behaviour.DEBIT_FAILS if compact in _FAILING_IBANS else Behaviour.DEBIT_SETTLES,
        last4=compact[-4:],
        fingerprint=_fingerprint(compact),
        country=compact[:2],
        bank_code=compact[4:12],
    )


def _read_expiry(expiry: str, now: int) -> tuple[int, int]:
    parts = re.fullmatch(r"\s*([0-9]{1,2})\s*/?\s*([0-9]{2}|20[0-9]{2})\s*", expiry)
    if not parts or not 1 <= int(parts[1]) <= 12:
        raise NotACard("Your card's expiration date is incomplete.")
    month, year = int(parts[1]), int(parts[2]) % 100 + 2000
    today = datetime.fromtimestamp(now, UTC)
    if (year, month) < (today.year, today.month):
        raise NotACard("Your card's expiration year is in the past.")
    return month, year


def _passes_luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _passes_mod97(iban: str) -> bool:
    rearranged = iban[4:] + iban[:4]
    return int("".join(str(int(character, 36)) for character in rearranged)) % 97 == 1


def _brand(digits: str) -> str:
    if digits.startswith(("34", "37")):
        return "amex"
    return "mastercard" if digits[0] in "25" else "visa"


def _fingerprint(number: str) -> str:
    return hashlib.sha256(b"sandbox:" + number.encode()).hexdigest()[:16]
