"""What each test card and test IBAN does, for people; `cards.py` decides, and a test compares."""

from __future__ import annotations

from collections.abc import Sequence

TEST_CARDS: Sequence[tuple[str, str]] = (
    ("4242 4242 4242 4242", "pays"),
    ("4000 0000 0000 0002", "is declined"),
    ("4000 0000 0000 9995", "has insufficient funds"),
    ("4000 0000 0000 3220", "asks for 3-D Secure, at every renewal too"),
    ("4000 0027 6000 3184", "asks for 3-D Secure, at every renewal too"),
    ("4000 0000 0000 0341", "pays a first month, then fails at every renewal"),
    ("4000 0000 0000 0259", "pays, then is disputed"),
    ("4000 0000 0000 1976", "pays, then its bank inquires"),
    ("4000 0000 0000 5423", "pays, then its bank warns of fraud"),
    ("4000 0000 0000 5126", "pays, and a refund fails later"),
    ("4000 0000 0000 7726", "pays, and a refund waits"),
    ("DE89 3704 0044 0532 0130 00", "a SEPA debit that settles"),
    ("DE62 3704 0044 0532 0130 01", "a SEPA debit that fails"),
    ("AT86 1904 3002 3547 3202", "a SEPA debit that fails"),
)
