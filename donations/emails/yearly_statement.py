"""In January: what was given in the year before, with a statement as PDF."""

from __future__ import annotations

from dataclasses import dataclass

from donations.domain.money import Money
from donations.emails.letterhead import Letterhead
from donations.emails.rendering import Written, render


@dataclass(frozen=True, slots=True)
class YearTotal:
    """What one currency came to, less what was refunded, and the code that proves it."""

    amount: Money
    code: str


@dataclass(frozen=True, slots=True)
class YearlyStatement:
    """`totals`: one for each currency, in the statement's order."""

    year: int
    payments: int
    number: str
    totals: tuple[YearTotal, ...]


def write(statement: YearlyStatement, letterhead: Letterhead) -> Written:
    return render("yearly_statement", statement, letterhead)
