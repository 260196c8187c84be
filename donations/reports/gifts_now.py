"""How recurring gifts stand now, from their sums. Days are those of the books' zone, whatever is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.domain.movements import MONTHS_A_YEAR
from donations.models.rollups import GiftStateKind, GiftStates
from donations.reports.filters import Filters

STATE_NAMES: Final[Mapping[GiftStateKind, str]] = {
    GiftStateKind.ACTIVE: "Active",
    GiftStateKind.FAILING: "Failing",
    GiftStateKind.PAUSED: "Paused",
    GiftStateKind.WAITING: "Waiting",
}
COUNTED: Final = (GiftStateKind.ACTIVE, GiftStateKind.FAILING)
"""In MRR."""


@dataclass(frozen=True, slots=True)
class Gifts:
    """Recurring gifts that stand alike. `amount` is that of one charge of each, `annual` a year's worth,
    both in minor units."""

    state: GiftStateKind
    is_ending: bool
    due_on: date
    currency: str
    frequency: Frequency
    gifts: int
    amount: int
    annual: int


def gifts_now(session: Session, filters: Filters, *conditions: ColumnElement[bool]) -> list[Gifts]:
    """All, or those of a currency and frequency, by the day of their next charge."""
    asked: list[ColumnElement[bool]] = [GiftStates.gifts > 0, *conditions]
    if filters.currency is not None:
        asked.append(GiftStates.currency == filters.currency)
    if filters.frequency is not None:
        asked.append(GiftStates.frequency == filters.frequency)
    rows = session.scalars(select(GiftStates).where(*asked).order_by(GiftStates.due_on))
    return [_gifts(row) for row in rows]


def monthly(gifts: Sequence[Gifts], currency: str) -> Money:
    """What they come to a month, rounded once."""
    annual = sum(each.annual for each in gifts if each.currency == currency)
    return Money(round(Fraction(annual, MONTHS_A_YEAR)), currency)


def _gifts(row: GiftStates) -> Gifts:
    words: dict[str, Any] = {"state": GiftStateKind(row.state), "frequency": Frequency(row.frequency)}
    return Gifts(
        is_ending=row.is_ending,
        due_on=row.due_on,
        currency=row.currency,
        gifts=row.gifts,
        amount=row.amount,
        annual=row.annual,
        **words,
    )
