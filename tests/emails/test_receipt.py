"""The receipt says what a giver needs, in text and HTML alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.emails.receipt import Proof, Receipt, write
from donations.languages import Language
from tests.emails.heads import letterhead

MONTHLY = Receipt(
    amount=Money(1041, "eur"),
    frequency=Frequency.MONTHLY,
    charged_on=date(2026, 11, 22),
    reference="Zm9vYmFyYmF6cXV4MTIzNA",
    next_charge_on=date(2026, 12, 22),
    proof=Proof("2026-000123", "ABCD-EFGH-JKMN-PQRS"),
)
ONCE = Receipt(Money(5000, "usd"), Frequency.ONCE, date(2026, 11, 2), "ref", None, None)


@pytest.mark.parametrize(
    "fact",
    [
        "€10.41",
        "Every month",
        "22 November 2026",
        "22 December 2026",
        "Zm9vYmFyYmF6cXV4MTIzNA",
        "MOSCOW TIMES",
        "support@example.com",
        "2026-000123",
        "ABCD-EFGH-JKMN-PQRS",
        "https://support.example/verify",
        "https://support.example/manage?then=cancel",
    ],
)
def test_both_parts_say_every_fact_of_a_recurring_gift(fact: str) -> None:
    written = write(MONTHLY, letterhead())

    assert fact in written.text
    assert fact in written.html


def test_a_gift_given_once_has_no_next_charge_and_nothing_to_cancel() -> None:
    written = write(ONCE, letterhead())

    assert "$50" in written.text
    for part in (written.text, written.html):
        assert "Next charge" not in part
        assert "ancel" not in part


def test_without_a_number_nothing_is_said_of_a_document() -> None:
    written = write(replace(MONTHLY, proof=None), letterhead())

    for part in (written.text, written.html):
        assert "PDF" not in part
        assert "/verify" not in part


def test_dates_and_money_are_written_as_the_language_writes_them() -> None:
    written = write(MONTHLY, letterhead(language=Language.RUSSIAN))

    for part in (written.text, written.html.replace("&nbsp;", "\u00a0")):
        assert "22 ноября 2026 года" in part
        assert "10,41\u00a0€" in part
