"""Figures of the ledger as cells, the rows behind them, and the sentences that hold them together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from donations.domain.amounts import format_money
from donations.domain.money import Money
from donations.domain.movements import MovementKind
from donations.domain.periods import Period
from donations.reports.filters import Filters
from donations.reports.movement_words import KIND_NAMES
from donations.reports.recurring_ledger import KINDS, Steps, monthly
from donations.reports.sum_values import MovementSums
from donations.reports.sums import heads
from donations.reports.table import Behind, Cell, Column, Row, RowsOf
from donations.reports.words import LOCALE, counted

OPENING: Final = "Opening"
CLOSING: Final = "Closing"
_UNMOVED: Final = "nothing moved."

CUT_NOTE: Final = (
    "People are not counted under a frequency or an origin: one person may give in two rhythms or through "
    "two campaigns, so that the parts would not add up. Recurring gifts are counted instead."
)
ROUNDED_NOTE: Final = (
    "Each figure is rounded for itself, so that those shown may miss their sum by a cent. What is checked is "
    "exact."
)
SWITCH_NOTE: Final = (
    "Under a frequency, a gift that changes its rhythm leaves the one and joins the other: its whole amount "
    "is a movement here."
)


def people_of(sums: MovementSums, filters: Filters, currency: str | None = None) -> int | None:
    """The heads in these sums, as far as one currency goes if there is one; None where a filter cuts
    through people."""
    return heads(sums, filters if currency is None else replace(filters, currency=currency))


def counts_people(filters: Filters) -> bool:
    return heads(MovementSums(), filters) is not None


def cut_notes(filters: Filters) -> tuple[str, ...]:
    """What the reader of these figures must know about the filters."""
    cut = () if counts_people(filters) else (CUT_NOTE,)
    return cut if filters.frequency is None else (*cut, SWITCH_NOTE)


def behind_moved(
    period: Period,
    summed: str,
    kinds: Iterable[MovementKind] = (),
    *,
    currency: str | None = None,
    **words: str,
) -> Behind:
    """The lines of a period. `summed` is mrr, gifts, supporters or lines."""
    dates = {"from": period.first.isoformat(), "to": period.last.isoformat()}
    kind = {"movement": ",".join(kinds)} if kinds else {}
    return Behind(RowsOf.MOVEMENTS, {"sum": summed, **dates, **kind, **_in(currency), **words})


def behind_level(day: date, summed: str, *, currency: str | None = None) -> Behind:
    """All lines up to the end of a day."""
    words = {"sum": summed, "from": day.isoformat(), "to": day.isoformat(), "until": day.isoformat()}
    return Behind(RowsOf.MOVEMENTS, words | _in(currency))


def standing(
    columns: Sequence[Column], rows: Sequence[Row], behind: Mapping[tuple[int, str], Behind]
) -> dict[tuple[int, str], Behind]:
    """`behind` without that of figures of nothing, which no rows stand behind."""
    at = {column.key: position for position, column in enumerate(columns)}
    return {
        (number, key): each
        for (number, key), each in behind.items()
        if not _is_nothing(rows[number][at[key]])
    }


def identity_of_money(steps: Steps, currency: str) -> str:
    """`€100 + €20 new − €5 churned = €115.`, or that it does not hold."""
    if not steps.adds_up:
        return _broken(currency.upper())
    terms = [_written(monthly(steps.opening.annual, currency))]
    terms += [
        _term(_written(monthly(abs(steps.of(kind).annual), currency)), steps.of(kind).annual, kind)
        for kind in KINDS
        if steps.of(kind).annual
    ]
    if len(terms) == 1:
        return _UNMOVED
    return f"{' '.join(terms)} = {_written(monthly(steps.closing.annual, currency))}."


def identity_of_numbers(opening: int, moved: Iterable[tuple[MovementKind, int]], closing: int) -> str:
    """`120 + 3 new − 1 churned = 122.`"""
    terms = [_term(f"{abs(number):,}", number, kind) for kind, number in moved if number]
    return f"{' '.join([f'{opening:,}', *terms])} = {closing:,}." if terms else _UNMOVED


def broken_people() -> str:
    return _broken("all currencies")


def went(what: str, before: Money, now: Money) -> str:
    """`MRR grew by €14 to €1,240`."""
    if now == before:
        return f"{what} stayed at {_written(now)}"
    verb = "grew" if now.amount > before.amount else "fell"
    by = Money(abs(now.amount - before.amount), now.currency)
    return f"{what} {verb} by {_written(by)} to {_written(now)}"


def net_people(number: int) -> str:
    """`Net +14 supporters`."""
    sign = "+" if number > 0 else "−" if number < 0 else "±"
    return f"Net {sign}{counted(abs(number), 'supporter') if number else '0 supporters'}"


def _is_nothing(cell: Cell) -> bool:
    return cell is None or cell == 0 or (isinstance(cell, Money) and cell.amount == 0)


def _term(text: str, moved: int, kind: MovementKind) -> str:
    return f"{'+' if moved > 0 else '−'} {text} {KIND_NAMES[kind].lower()}"


def _written(money: Money) -> str:
    return format_money(money, LOCALE)


def _broken(where: str) -> str:
    return (
        f"The figures of {where} do not add up: opening and movements do not come to the closing. Do not use "
        "them, and have the sums rebuilt (`donations reports rebuild`)."
    )


def _in(currency: str | None) -> dict[str, str]:
    return {} if currency is None else {"currency": currency}
