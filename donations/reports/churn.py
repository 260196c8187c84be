"""Why recurring gifts ended, and what changes of rhythm did: what the kind of a movement does not tell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from donations.domain.money import Money
from donations.domain.movements import ChurnCause, MovementKind, MovementTag
from donations.domain.periods import Period
from donations.reports.definitions import COMPARED
from donations.reports.movement_definitions import (
    CAUSES,
    ENDED_WHILE_PAUSED,
    KIND_DEFINITIONS,
    SECOND_ENDED,
    SWITCHED,
)
from donations.reports.movement_figures import behind_moved, counts_people, cut_notes, people_of, standing
from donations.reports.movement_words import CAUSE_NAMES, TAG_NAMES
from donations.reports.recurring_ledger import NOTHING, Ledger, Moved, monthly
from donations.reports.sum_values import MovementSums
from donations.reports.table import Behind, Chart, ChartKind, Column, ColumnKind, Row, Table
from donations.reports.words import amounts, counted, listed

_CURRENCY: Final = Column("currency", "Currency", ColumnKind.CURRENCY)
_CHURNED: Final = KIND_DEFINITIONS[MovementKind.CHURNED]
_SAID: Final = {
    ChurnCause.VOLUNTARY: "by choice",
    ChurnCause.PAYMENT_FAILURE: "because charges failed",
    ChurnCause.DISPUTE: "after a dispute",
}

_CAUSE_COLUMNS: Final = (
    Column("cause", "Cause", ColumnKind.TEXT),
    _CURRENCY,
    Column("churned", "Churned MRR", ColumnKind.MONEY, definition=_CHURNED),
    Column("supporters", "Supporters", ColumnKind.COUNT, definition=_CHURNED),
    Column("gifts", "Gifts", ColumnKind.COUNT, definition=_CHURNED),
    Column("paused", "Ended while paused", ColumnKind.COUNT, definition=ENDED_WHILE_PAUSED),
    Column("downgraded", "Second gifts ended", ColumnKind.MONEY, definition=SECOND_ENDED),
    Column("churned_before", "Churned before", ColumnKind.MONEY, definition=_CHURNED),
    Column("supporters_before", "Supporters before", ColumnKind.COUNT, definition=_CHURNED),
)
_SWITCH_COLUMNS: Final = (
    Column("switch", "Switch", ColumnKind.TEXT),
    _CURRENCY,
    Column("gifts", "Gifts", ColumnKind.COUNT, definition=SWITCHED),
    Column("mrr", "MRR", ColumnKind.MONEY, is_change=True, definition=SWITCHED),
    Column("gifts_before", "Gifts before", ColumnKind.COUNT, definition=SWITCHED),
    Column("mrr_before", "MRR before", ColumnKind.MONEY, is_change=True, definition=SWITCHED),
)


def causes_table(ledger: Ledger) -> Table:
    """One row for each currency and cause. What went is written without a minus: all of it did."""
    filters = ledger.filters
    rows: list[Row] = []
    behind: dict[tuple[int, str], Behind] = {}
    for code in ledger.currencies:
        for cause in CAUSE_NAMES:
            rows.append(
                (
                    CAUSE_NAMES[cause],
                    code,
                    *_gone(ledger, filters.period, code, cause),
                    *_gone(ledger, filters.previous, code, cause)[:2],
                )
            )
            behind |= {
                (len(rows) - 1, key): rows_behind for key, rows_behind in _behind_cause(ledger, code, cause)
            }
    return Table(
        slug="causes",
        title="Why gifts ended",
        sentence=_causes_sentence(ledger),
        columns=_CAUSE_COLUMNS,
        rows=tuple(rows),
        notes=cut_notes(filters),
        definitions=(CAUSES, _CHURNED, ENDED_WHILE_PAUSED, SECOND_ENDED, COMPARED),
        chart=Chart(ChartKind.BARS, "cause", ("churned", "churned_before")),
        behind=standing(_CAUSE_COLUMNS, rows, behind),
    )


def switches_table(ledger: Ledger) -> Table:
    """One row for each currency and direction in which any gift switched, now or before."""
    filters = ledger.filters
    rows: list[Row] = []
    behind: dict[tuple[int, str], Behind] = {}
    for code in ledger.currencies:
        for tag in TAG_NAMES:
            now, before = (
                _sum(ledger.moved(period, code), tag=tag) for period in (filters.period, filters.previous)
            )
            if now == before == NOTHING:
                continue
            for period, suffix in ((filters.period, ""), (filters.previous, "_before")):
                for key, summed in (("gifts", "lines"), ("mrr", "mrr")):
                    place = len(rows), f"{key}{suffix}"
                    behind[place] = behind_moved(period, summed, currency=code, tag=tag)
            figures = ((each.lines, monthly(each.annual, code)) for each in (now, before))
            rows.append((TAG_NAMES[tag], code, *(cell for pair in figures for cell in pair)))
    return Table(
        slug="switches",
        title="From monthly to annual, and back",
        sentence=_switches_sentence(ledger),
        columns=_SWITCH_COLUMNS,
        rows=tuple(rows),
        notes=cut_notes(filters),
        definitions=(SWITCHED, COMPARED),
        behind=standing(_SWITCH_COLUMNS, rows, behind),
    )


def _gone(
    ledger: Ledger, period: Period, code: str, cause: ChurnCause
) -> tuple[Money, int | None, int, int, Money]:
    moved = ledger.moved(period, code)
    churned = _sum(moved, kind=MovementKind.CHURNED, cause=cause)
    downgraded = _sum(moved, kind=MovementKind.DOWNGRADED, cause=cause)
    people = people_of(churned, ledger.filters, code)
    return (
        monthly(-churned.annual, code),
        None if people is None else -people,
        -churned.gifts,
        # A line that moves a gift out takes one away; the others are of gifts that were out already.
        churned.lines + churned.gifts,
        monthly(-downgraded.annual, code),
    )


def _behind_cause(ledger: Ledger, code: str, cause: ChurnCause) -> Iterable[tuple[str, Behind]]:
    churned, downgraded = [MovementKind.CHURNED], [MovementKind.DOWNGRADED]
    for period, suffix in ((ledger.filters.period, ""), (ledger.filters.previous, "_before")):
        yield f"churned{suffix}", behind_moved(period, "mrr", churned, currency=code, cause=cause)
        if counts_people(ledger.filters):
            people = behind_moved(period, "supporters", churned, currency=code, cause=cause)
            yield f"supporters{suffix}", people
    period = ledger.filters.period
    yield "gifts", behind_moved(period, "gifts", churned, currency=code, cause=cause)
    yield "downgraded", behind_moved(period, "mrr", downgraded, currency=code, cause=cause)
    paused = behind_moved(period, "lines", churned, currency=code, cause=cause, ended="while-paused")
    yield "paused", paused


def _sum(
    moved: Iterable[Moved],
    *,
    kind: MovementKind | None = None,
    cause: ChurnCause | None = None,
    tag: MovementTag | None = None,
) -> MovementSums:
    chosen = (
        each.sums
        for each in moved
        if kind in {None, each.kind} and cause in {None, each.cause} and tag in {None, each.tag}
    )
    return sum(chosen, NOTHING)


def _causes_sentence(ledger: Ledger) -> str:
    moved = ledger.moved(ledger.filters.period)
    gone = {cause: -_sum(moved, kind=MovementKind.CHURNED, cause=cause).gifts for cause in CAUSE_NAMES}
    total = sum(gone.values())
    if not total:
        return "Nobody's last recurring gift ended."
    parts = [f"{number:,} {_SAID[cause]}" for cause, number in gone.items() if number]
    gifts = counted(total, "supporter's last gift", "supporters' last gifts")
    return f"{gifts} ended: {listed(parts)}."


def _switches_sentence(ledger: Ledger) -> str:
    moved = ledger.moved(ledger.filters.period)
    parts: list[str] = []
    for tag, name in TAG_NAMES.items():
        number = _sum(moved, tag=tag).lines
        if number:
            verb = name.lower()
            parts.append(f"{counted(number, 'gift')} {verb}")
    if not parts:
        return "No gift changed its rhythm in the ledger."
    changed = [
        monthly(_sum(ledger.moved(ledger.filters.period, code), tag=tag).annual, code)
        for code in ledger.currencies
        for tag in TAG_NAMES
    ]
    lost = [Money(-each.amount, each.currency) for each in changed if each.amount < 0]
    won = [each for each in changed if each.amount > 0]
    effects = [
        f"took {amounts(lost)} a month" if lost else "",
        f"brought {amounts(won)} a month" if won else "",
    ]
    said = listed(each for each in effects if each) if lost or won else "left MRR as it was"
    return f"{listed(parts)[:1].upper()}{listed(parts)[1:]}, which {said}."
