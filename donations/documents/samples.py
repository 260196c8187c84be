"""Documents as they might be, for staff to look at and for tests to set. Nobody's data stands in them."""

from __future__ import annotations

from datetime import date
from typing import Final

from donations.documents.publisher import Publisher
from donations.documents.receipt import ReceiptDocument
from donations.documents.yearly_statement import StatementDocument, StatementLine, StatementTotal
from donations.domain.gifts import Frequency
from donations.domain.money import Money

PUBLISHER: Final = Publisher(
    "The Moscow Times", "The Moscow Times, Amsterdam, the Netherlands", "https://support.example/verify"
)
RECEIPT: Final = ReceiptDocument(
    number="2026-004217",
    code="7Q2M-KX4D-90BT-HZ3E",
    amount=Money(1000, "eur"),
    charged_on=date(2026, 11, 22),
    frequency=Frequency.MONTHLY,
    reference="c0OqYwV3tqJpX1s8m2KfZA",
    statement_descriptor="MOSCOW TIMES",
    name="Nina Weber",
)
_MONTHLY: Final = tuple(
    StatementLine(
        date(2026, month, 22),
        f"2026-00{3100 + 97 * month}",
        Frequency.MONTHLY,
        Money(1000, "eur"),
        Money(400 if month == 8 else 0, "eur"),
    )
    for month in range(1, 13)
)
STATEMENT: Final = StatementDocument(
    number="2026-S000312",
    year=2026,
    issued_on=date(2027, 1, 9),
    name="Nina Weber",
    lines=(
        *_MONTHLY,
        StatementLine(date(2026, 12, 24), None, Frequency.ONCE, Money(5041, "usd"), Money(0, "usd")),
    ),
    totals=(
        StatementTotal(Money(12000, "eur"), Money(400, "eur"), "3HJ8-0WQN-V5TC-2RKX"),
        StatementTotal(Money(5041, "usd"), Money(0, "usd"), "B6F1-9YDM-S47G-XP0A"),
    ),
)
