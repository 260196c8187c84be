"""What moved recurring revenue through the period: waterfalls from the opening to the closing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from donations.domain.movements import MovementKind
from donations.domain.periods import Period
from donations.reports.definitions import ACTIVE, COMPARED, MRR
from donations.reports.movement_definitions import GIFTS, IDENTITY, KIND_DEFINITIONS
from donations.reports.movement_figures import (
    CLOSING,
    OPENING,
    ROUNDED_NOTE,
    behind_level,
    behind_moved,
    broken_people,
    counts_people,
    cut_notes,
    identity_of_money,
    identity_of_numbers,
    net_people,
    people_of,
    standing,
    went,
)
from donations.reports.movement_words import KIND_NAMES
from donations.reports.recurring_ledger import KINDS, Ledger, Steps, monthly
from donations.reports.sum_values import MovementSums
from donations.reports.table import Behind, Chart, ChartKind, Column, ColumnKind, Row, Table
from donations.reports.words import counted

_STEP: Final = Column("step", "Step", ColumnKind.TEXT)
_PEOPLE: Final = Column("supporters", "Supporters", ColumnKind.COUNT, definition=ACTIVE)
_PEOPLE_BEFORE: Final = Column("supporters_before", "Supporters before", ColumnKind.COUNT, definition=ACTIVE)
_GIFTS: Final = Column("gifts", "Recurring gifts", ColumnKind.COUNT, definition=GIFTS)
_GIFTS_BEFORE: Final = Column("gifts_before", "Gifts before", ColumnKind.COUNT, definition=GIFTS)
_PEOPLE_COLUMNS: Final = (_STEP, _PEOPLE, _GIFTS, _PEOPLE_BEFORE, _GIFTS_BEFORE)
_MONEY_COLUMNS: Final = (
    _STEP,
    Column("currency", "Currency", ColumnKind.CURRENCY),
    Column("mrr", "MRR", ColumnKind.MONEY, definition=MRR),
    _PEOPLE,
    _GIFTS,
    Column("mrr_before", "MRR before", ColumnKind.MONEY, definition=MRR),
    _PEOPLE_BEFORE,
    _GIFTS_BEFORE,
)
_NOBODY: Final = "Nobody gave regularly, and nothing moved."
Step = tuple[str, MovementKind | None, MovementSums]


def steps_in(steps: Steps) -> Iterator[Step]:
    """The levels and what moved between them, in the order of the identity."""
    yield OPENING, None, steps.opening
    for kind in KINDS:
        yield KIND_NAMES[kind], kind, steps.of(kind)
    yield CLOSING, None, steps.closing


def behind_step(
    label: str, kind: MovementKind | None, period: Period, summed: str, code: str | None
) -> Behind:
    """The lines of the ledger that a step, or a level, is made of."""
    if kind is not None:
        return behind_moved(period, summed, [kind], currency=code)
    day = period.last if label == CLOSING else period.first - timedelta(days=1)
    return behind_level(day, summed, currency=code)


def people_table(ledger: Ledger) -> Table:
    """Heads, and gifts, whatever their currency."""
    filters = ledger.filters
    now, before = ledger.steps(filters.period), ledger.steps(filters.previous)
    rows: list[Row] = []
    behind: dict[tuple[int, str], Behind] = {}
    lines = zip(steps_in(now), steps_in(before), strict=True) if ledger.currencies else ()
    for (label, kind, sums), (_, _, earlier) in lines:
        for period, suffix in ((filters.period, ""), (filters.previous, "_before")):
            for summed in ("supporters", "gifts") if counts_people(filters) else ("gifts",):
                place = len(rows), f"{summed}{suffix}"
                behind[place] = behind_step(label, kind, period, summed, None)
        people, people_before = people_of(sums, filters), people_of(earlier, filters)
        rows.append((label, people, sums.gifts, people_before, earlier.gifts))
    return Table(
        slug="supporters",
        title="Supporters who give regularly",
        sentence=_people_sentence(now, ledger),
        columns=_PEOPLE_COLUMNS,
        rows=tuple(rows),
        notes=cut_notes(filters),
        definitions=(IDENTITY, *KIND_DEFINITIONS.values(), COMPARED),
        chart=Chart(ChartKind.WATERFALL, "step", ("supporters" if counts_people(filters) else "gifts",)),
        behind=standing(_PEOPLE_COLUMNS, rows, behind),
    )


def money_table(ledger: Ledger, code: str) -> Table:
    """One currency for itself."""
    filters = ledger.filters
    now, before = ledger.steps(filters.period, code), ledger.steps(filters.previous, code)
    rows: list[Row] = []
    behind: dict[tuple[int, str], Behind] = {}
    for (label, kind, sums), (_, _, earlier) in zip(steps_in(now), steps_in(before), strict=True):
        for period, suffix in ((filters.period, ""), (filters.previous, "_before")):
            for summed in ("mrr", "supporters", "gifts") if counts_people(filters) else ("mrr", "gifts"):
                place = len(rows), f"{summed}{suffix}"
                behind[place] = behind_step(label, kind, period, summed, code)
        rows.append((label, code, *_figures(sums, ledger, code), *_figures(earlier, ledger, code)))
    return Table(
        slug=f"movements-{code}",
        title=f"What moved MRR in {code.upper()}",
        sentence=_money_sentence(now, code),
        columns=_MONEY_COLUMNS,
        rows=tuple(rows),
        notes=(ROUNDED_NOTE, *cut_notes(filters)),
        definitions=(IDENTITY, *KIND_DEFINITIONS.values(), COMPARED),
        chart=Chart(ChartKind.WATERFALL, "step", ("mrr",)),
        behind=standing(_MONEY_COLUMNS, rows, behind),
    )


def _figures(sums: MovementSums, ledger: Ledger, code: str) -> Row:
    return monthly(sums.annual, code), people_of(sums, ledger.filters, code), sums.gifts


def _money_sentence(steps: Steps, code: str) -> str:
    identity = identity_of_money(steps, code)
    if not steps.adds_up:
        return identity
    before, now = monthly(steps.opening.annual, code), monthly(steps.closing.annual, code)
    return f"{went('It', before, now)}: {identity}"


def _people_sentence(steps: Steps, ledger: Ledger) -> str:
    if not ledger.currencies:
        return _NOBODY
    if not steps.adds_up:
        return broken_people()
    filters = ledger.filters
    opening, closing = people_of(steps.opening, filters), people_of(steps.closing, filters)
    if opening is None or closing is None:
        gifts = identity_of_numbers(
            steps.opening.gifts, ((kind, steps.of(kind).gifts) for kind in KINDS), steps.closing.gifts
        )
        return f"{counted(steps.closing.gifts, 'recurring gift').capitalize()} at the end: {gifts}"
    moved = [(kind, people_of(steps.of(kind), filters) or 0) for kind in KINDS]
    return f"{net_people(closing - opening)}: {identity_of_numbers(opening, moved, closing)}"
