"""How the recurring gifts stand now: which are at risk, which are set to end, and which are paused."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from donations.domain.money import Money
from donations.models.rollups import GiftStateKind, GiftStates
from donations.reports.currency_order import in_order
from donations.reports.filters import Filter, Filters
from donations.reports.movement_definitions import AT_RISK, ENDING, PAUSED_NOW
from donations.reports.movement_figures import standing
from donations.reports.recurring_ledger import monthly
from donations.reports.table import Behind, Column, ColumnKind, Row, RowsOf, Table
from donations.reports.words import amounts, counted

_NOTE: Final = "As the gifts stand now, whatever the period, the origin, or the day of “as known on”."
_COUNTED: Final = frozenset({GiftStateKind.ACTIVE, GiftStateKind.FAILING})
_GROUPS: Final = {
    "risk": {"state": GiftStateKind.FAILING.value},
    "ending": {"state": "counted", "ending": "yes"},
    "paused": {"state": GiftStateKind.PAUSED.value},
}
"""Each with the words that narrow the recurring gifts to it."""
_IGNORED: Final = (Filter.CAMPAIGN, Filter.ARTICLE, Filter.PLACEMENT)

Sums = tuple[int, int]
"""How many gifts, and their year's worth in minor units."""


def at_risk_table(session: Session, filters: Filters) -> Table:
    """One row a currency."""
    found = _read(session, filters)
    currencies = in_order({code for _, code in found})
    rows: list[Row] = []
    behind: dict[tuple[int, str], Behind] = {}
    for code in currencies:
        cells: list[int | Money] = []
        for group in _GROUPS:
            gifts, annual = found[group, code]
            cells += [gifts, monthly(annual, code)]
            for summed, key in (("gifts", f"{group}_gifts"), ("mrr", f"{group}_mrr")):
                behind[len(rows), key] = _behind(filters, group, summed, code)
        rows.append((code, *cells))
    columns = _columns()
    return Table(
        slug="at-risk",
        title="At risk, and scheduled to end",
        sentence=_sentence(found, currencies),
        columns=columns,
        rows=tuple(rows),
        notes=(_NOTE,),
        definitions=(AT_RISK, ENDING, PAUSED_NOW),
        behind=standing(columns, rows, behind),
    )


def _read(session: Session, filters: Filters) -> dict[tuple[str, str], Sums]:
    """By group and currency. A gift may be at risk and set to end, both."""
    by = (GiftStates.state, GiftStates.is_ending, GiftStates.currency)
    query = select(*by, func.sum(GiftStates.gifts), func.sum(GiftStates.annual)).where(*_asked(filters))
    found: dict[tuple[str, str], Sums] = defaultdict(lambda: (0, 0))
    # SUM is a Decimal on PostgreSQL.
    for state, is_ending, code, more_gifts, more_annual in session.execute(query.group_by(*by)):
        groups = {
            "risk": state == GiftStateKind.FAILING,
            "ending": is_ending and state in _COUNTED,
            "paused": state == GiftStateKind.PAUSED,
        }
        for group in (group for group, is_in in groups.items() if is_in and more_gifts):
            gifts, annual = found[group, code]
            found[group, code] = gifts + int(more_gifts), annual + int(more_annual)
    return found


def _asked(filters: Filters) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = []
    if filters.currency is not None:
        asked.append(GiftStates.currency == filters.currency)
    if filters.frequency is not None:
        asked.append(GiftStates.frequency == filters.frequency)
    return asked


def _behind(filters: Filters, group: str, summed: str, code: str) -> Behind:
    # An origin that the page is asked for says nothing here, so its rows are asked for without it.
    ignored = {str(name): "" for name in filters.chosen() & set(_IGNORED)}
    return Behind(RowsOf.SUBSCRIPTIONS, {"sum": summed, "currency": code, **_GROUPS[group], **ignored})


def _columns() -> tuple[Column, ...]:
    return (
        Column("currency", "Currency", ColumnKind.CURRENCY),
        Column("risk_gifts", "Gifts at risk", ColumnKind.COUNT, definition=AT_RISK),
        Column("risk_mrr", "MRR at risk", ColumnKind.MONEY, definition=AT_RISK),
        Column("ending_gifts", "Gifts to end", ColumnKind.COUNT, definition=ENDING),
        Column("ending_mrr", "MRR to end", ColumnKind.MONEY, definition=ENDING),
        Column("paused_gifts", "Gifts paused", ColumnKind.COUNT, definition=PAUSED_NOW),
        Column("paused_mrr", "A month, paused", ColumnKind.MONEY, definition=PAUSED_NOW),
    )


def _sentence(found: dict[tuple[str, str], Sums], currencies: tuple[str, ...]) -> str:
    def said(group: str, what: str) -> str:
        gifts = sum(found[group, code][0] for code in currencies)
        worth = amounts(monthly(found[group, code][1], code) for code in currencies)
        verb = "is" if gifts == 1 else "are"
        return f"{counted(gifts, 'gift')} {verb} {what}{f' ({worth} a month)' if gifts else ''}"

    if not currencies:
        return "No gift is past due, set to end or paused now."
    return f"Now {said('risk', 'past due')}, {said('ending', 'set to end')} and {said('paused', 'paused')}."
