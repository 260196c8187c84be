"""What failed payments cost: recurring revenue at risk now, and what was lost to them in a period."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Final

from sqlalchemy.orm import Session

from donations.domain.money import Money
from donations.domain.movements import MONTHS_A_YEAR, ChurnCause
from donations.domain.periods import Period
from donations.models.rollups import GiftStateKind, GiftStates
from donations.reports.behind import dates, links
from donations.reports.currency_order import in_order
from donations.reports.definitions import AT_RISK, COMPARED, ENDED_BY_FAILURE
from donations.reports.filters import Filters
from donations.reports.gifts_now import gifts_now, monthly
from donations.reports.sum_values import MovementSums
from donations.reports.sums import heads, movements_by
from donations.reports.table import Behind, Column, ColumnKind, Row, RowsOf, Table
from donations.reports.words import amounts, counted, plural, sentence

_CURRENCY: Final = Column("currency", "Currency", ColumnKind.CURRENCY)
_RISK: Final = (
    _CURRENCY,
    Column("gifts", "Gifts failing", ColumnKind.COUNT, definition=AT_RISK),
    Column("mrr", "MRR at risk", ColumnKind.MONEY, definition=AT_RISK),
)
_LOST: Final = (
    _CURRENCY,
    Column("gifts", "Gifts lost", ColumnKind.COUNT, definition=ENDED_BY_FAILURE),
    Column("mrr", "MRR lost", ColumnKind.MONEY, definition=ENDED_BY_FAILURE),
    Column("supporters", "Supporters lost", ColumnKind.COUNT, definition=ENDED_BY_FAILURE),
    Column("gifts_before", "Gifts before", ColumnKind.COUNT),
    Column("mrr_before", "MRR before", ColumnKind.MONEY),
    Column("supporters_before", "Supporters before", ColumnKind.COUNT),
)
_FAILURE: Final = ChurnCause.PAYMENT_FAILURE.value


def at_risk_table(session: Session, filters: Filters) -> Table:
    """The gifts that are past due now, whatever the period; one row a currency."""
    failing = gifts_now(session, filters, GiftStates.state == GiftStateKind.FAILING)
    currencies = in_order(each.currency for each in failing)
    rows = tuple(
        (code, sum(each.gifts for each in failing if each.currency == code), monthly(failing, code))
        for code in currencies
    )
    behind = [
        {
            "gifts": Behind(RowsOf.SUBSCRIPTIONS, {"currency": code, "state": "failing"}),
            "mrr": Behind(RowsOf.SUBSCRIPTIONS, {"currency": code, "state": "failing", "sum": "mrr"}),
        }
        for code in currencies
    ]
    number = sum(each.gifts for each in failing)
    risk = amounts(monthly(failing, code) for code in currencies)
    return Table(
        slug="failing-now",
        title="Failing now",
        sentence=_risk_sentence(number, risk),
        columns=_RISK,
        rows=rows,
        notes=("These figures are of now, whichever days are chosen.",),
        behind=links(_RISK, rows, behind),
    )


def _risk_sentence(gifts: int, risk: str) -> str:
    if not gifts:
        return "No recurring gift is past due now."
    return sentence(
        f"{counted(gifts, 'recurring gift')} {plural(gifts, 'is', 'are')} past due now, "
        f"and with {plural(gifts, 'it', 'them')} {risk} a month"
    )


def lost_table(session: Session, filters: Filters) -> Table:
    """Gifts that ended because payments failed; one row a currency."""
    now, before = (_lost(session, filters, period) for period in (filters.period, filters.previous))
    currencies = in_order((*now, *before))
    rows = tuple(
        (code, *_figures(code, now, filters), *_figures(code, before, filters)) for code in currencies
    )
    return Table(
        slug="lost-to-failed-payments",
        title="Lost to failed payments",
        sentence=_sentence(now),
        columns=_LOST,
        rows=rows,
        notes=() if filters.frequency is None else (_CUT,),
        definitions=(COMPARED,),
        behind=links(_LOST, rows, (_behind(code, filters) for code in currencies)),
    )


_CUT: Final = (
    "Supporters are left out under one frequency: whoever also gives in the other rhythm would be cut in two."
)


def _lost(session: Session, filters: Filters, period: Period) -> dict[str, MovementSums]:
    found = movements_by(session, filters, period, "currency", "cause")
    return {code: sums for (code, cause), sums in found.items() if cause == _FAILURE and sums.lines}


def _figures(code: str, found: dict[str, MovementSums], filters: Filters) -> Row:
    sums = found.get(code, MovementSums())
    people = heads(sums, replace(filters, currency=code))
    return sums.lines, _mrr(code, sums), None if people is None else -people


def _mrr(code: str, sums: MovementSums) -> Money:
    return Money(round(Fraction(-sums.annual, MONTHS_A_YEAR)), code)


def _behind(code: str, filters: Filters) -> dict[str, Behind]:
    words = {"currency": code, "cause": _FAILURE}
    before = words | dates(filters.previous)
    return {
        "gifts": Behind(RowsOf.MOVEMENTS, words | {"sum": "lines"}),
        "mrr": Behind(RowsOf.MOVEMENTS, words),
        "supporters": Behind(RowsOf.MOVEMENTS, words | {"sum": "supporters"}),
        "gifts_before": Behind(RowsOf.MOVEMENTS, before | {"sum": "lines"}),
        "mrr_before": Behind(RowsOf.MOVEMENTS, before),
        "supporters_before": Behind(RowsOf.MOVEMENTS, before | {"sum": "supporters"}),
    }


def _sentence(found: dict[str, MovementSums]) -> str:
    gifts = sum(sums.lines for sums in found.values())
    if not gifts:
        return "No recurring gift was lost to failed payments in these days."
    lost = amounts(_mrr(code, found[code]) for code in in_order(found))
    return sentence(f"{counted(gifts, 'recurring gift')} ended because payments failed: {lost} a month")
