"""Recurring gifts that may not last: those whose last charge failed, and those whose end is set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from donations.domain.money import Money
from donations.domain.movements import MONTHS_A_YEAR
from donations.models.rollups import GiftStateKind, GiftStates
from donations.reports.definitions import AT_RISK, ENDING
from donations.reports.filters import Filters
from donations.reports.money_columns import CURRENCY
from donations.reports.table import Behind, Column, ColumnKind, Row, RowsOf, Table
from donations.reports.takings import in_order
from donations.reports.words import amounts, counted

_NOW: Final = "As it stands now, whatever period or day is asked for: what was at risk then is not kept."
_NOT_BY_ORIGIN: Final = (
    "What is at risk is not kept by campaign, article or placement: leave those filters out to see it."
)
_GROUPS: Final = {
    "at_risk": {"state": str(GiftStateKind.FAILING)},
    "ending": {"state": "counted", "ending": "yes"},
}
"""Each with the words that narrow the recurring gifts to it."""
_IN_MRR: Final = (GiftStateKind.ACTIVE, GiftStateKind.FAILING)


@dataclass(frozen=True, slots=True)
class _Gifts:
    """How many, and a year's worth in minor units."""

    gifts: int = 0
    annual: int = 0

    def __add__(self, other: _Gifts) -> _Gifts:
        return _Gifts(self.gifts + other.gifts, self.annual + other.annual)


@dataclass(frozen=True, slots=True)
class _Risk:
    """In one currency."""

    failing: _Gifts
    ending: _Gifts


def risks_table(session: Session, filters: Filters) -> Table:
    """A row for each currency in which a gift is at risk or ends; none where an origin is asked for."""
    has_origin = any(each is not None for each in (filters.campaign, filters.article, filters.placement))
    risks = {} if has_origin else _risks(session, filters)
    return Table(
        slug="at-risk",
        title="At risk, and scheduled to end",
        sentence=_NOT_BY_ORIGIN if has_origin else _sentence(risks),
        columns=(
            CURRENCY,
            Column("at_risk", "Gifts at risk", ColumnKind.COUNT, definition=AT_RISK),
            Column("at_risk_mrr", "MRR at risk", ColumnKind.MONEY, definition=AT_RISK),
            Column("ending", "Gifts ending", ColumnKind.COUNT, definition=ENDING),
            Column("ending_mrr", "MRR ending", ColumnKind.MONEY, definition=ENDING),
        ),
        rows=tuple(_row(code, risks[code]) for code in in_order(risks)),
        notes=(_NOW,),
        definitions=(AT_RISK, ENDING),
        behind={
            (number, f"{group}{suffix}"): Behind(
                RowsOf.SUBSCRIPTIONS, {"currency": code, "sum": summed, **words}
            )
            for number, code in enumerate(in_order(risks))
            for group, words in _GROUPS.items()
            for suffix, summed in (("", "gifts"), ("_mrr", "mrr"))
        },
    )


def _risks(session: Session, filters: Filters) -> dict[str, _Risk]:
    """By currency; those without any are left out."""
    sums = func.sum(GiftStates.gifts), func.sum(GiftStates.annual)
    query = select(GiftStates.currency, GiftStates.state, GiftStates.is_ending, *sums).where(
        GiftStates.state.in_(_IN_MRR)
    )
    if filters.currency is not None:
        query = query.where(GiftStates.currency == filters.currency)
    if filters.frequency is not None:
        query = query.where(GiftStates.frequency == filters.frequency)
    query = query.group_by(GiftStates.currency, GiftStates.state, GiftStates.is_ending)
    found: dict[str, _Risk] = {}
    for code, state, is_ending, gifts, annual in session.execute(query):
        # SUM is a Decimal on PostgreSQL.
        these, none = _Gifts(int(gifts), int(annual)), _Gifts()
        before = found.get(code, _Risk(none, none))
        found[code] = _Risk(
            before.failing + (these if state == GiftStateKind.FAILING else none),
            before.ending + (these if is_ending else none),
        )
    return {code: risk for code, risk in found.items() if risk.failing.gifts or risk.ending.gifts}


def _row(code: str, risk: _Risk) -> Row:
    return (
        code,
        risk.failing.gifts,
        _monthly(risk.failing, code),
        risk.ending.gifts,
        _monthly(risk.ending, code),
    )


def _monthly(gifts: _Gifts, code: str) -> Money:
    return Money(round(Fraction(gifts.annual, MONTHS_A_YEAR)), code)


def _sentence(risks: Mapping[str, _Risk]) -> str:
    failing, ending = (
        sum(each.gifts for each in found)
        for found in ((risk.failing for risk in risks.values()), (risk.ending for risk in risks.values()))
    )
    at_risk = amounts(_monthly(risks[code].failing, code) for code in in_order(risks))
    ends = amounts(_monthly(risks[code].ending, code) for code in in_order(risks))
    first = (
        f"The last charge of {counted(failing, 'recurring gift')} failed: {at_risk} a month."
        if failing
        else "No recurring gift is behind with its charge."
    )
    verb = "is" if ending == 1 else "are"
    second = (
        f"{counted(ending, 'gift')} {verb} scheduled to end: {ends} a month."
        if ending
        else "None is scheduled to end."
    )
    return f"{first} {second}"
