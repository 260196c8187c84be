"""Month by month: what moved recurring revenue, and who began and stopped to give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from donations.domain.money import Money
from donations.domain.movements import MovementKind
from donations.domain.periods import Period
from donations.reports.definitions import ACTIVE, MRR
from donations.reports.movement_definitions import CHURN_RATE, IDENTITY, KIND_DEFINITIONS
from donations.reports.movement_figures import (
    CLOSING,
    OPENING,
    ROUNDED_NOTE,
    cut_notes,
    people_of,
    standing,
)
from donations.reports.movement_steps import behind_step, steps_in
from donations.reports.movement_words import KIND_NAMES
from donations.reports.recurring_ledger import KINDS, Ledger, monthly, rate_window, shown_months
from donations.reports.sum_values import MovementSums
from donations.reports.table import Behind, Chart, ChartKind, Column, ColumnKind, Row, Table
from donations.reports.words import counted, listed

_MONTH: Final = Column("month", "Month", ColumnKind.TEXT)
_CURRENCY: Final = Column("currency", "Currency", ColumnKind.CURRENCY)
_NOTHING: Final = "No recurring gift has counted yet, so no month has anything to show."


@dataclass(frozen=True, slots=True)
class ChurnRate:
    """Churned in 30 days ÷ (active 30 days ago + new), of people or of gifts."""

    active: int
    new: int
    churned: int

    @property
    def share(self) -> Fraction | None:
        """None where there was nobody to lose."""
        there = self.active + self.new
        return Fraction(self.churned, there) if there > 0 else None


def churn_rate(
    ledger: Ledger, day: date, count: Callable[[MovementSums], int | None], code: str | None = None
) -> ChurnRate | None:
    """Of the 30 days that end with `day`; None where `count` cannot count."""
    steps = ledger.steps(rate_window(day), code)
    active, new, churned = (
        count(sums) for sums in (steps.opening, steps.of(MovementKind.NEW), steps.of(MovementKind.CHURNED))
    )
    if active is None or new is None or churned is None:
        return None
    return ChurnRate(active, new, -churned)


def month_name(month: Period) -> str:
    """`Nov 2026`."""
    return f"{month.first:%b %Y}"


def money_months(ledger: Ledger) -> Table:
    """One row for each currency and month; currencies below each other."""
    rows: list[Row] = []
    behind: dict[tuple[int, str], Behind] = {}
    for code in ledger.currencies:
        for month in shown_months(ledger.filters.period):
            cells: list[Money] = []
            for label, kind, sums in steps_in(ledger.steps(month, code)):
                behind[len(rows), key_of(label)] = behind_step(label, kind, month, "mrr", code)
                cells.append(monthly(sums.annual, code))
            rows.append((month_name(month), code, *cells))
    columns = (_MONTH, _CURRENCY, *step_columns(ColumnKind.MONEY))
    return Table(
        slug="months",
        title="MRR month by month",
        sentence=_money_sentence(ledger),
        columns=columns,
        rows=tuple(rows),
        notes=(ROUNDED_NOTE, *cut_notes(ledger.filters)),
        definitions=(MRR, IDENTITY, *KIND_DEFINITIONS.values()),
        chart=Chart(ChartKind.STACKED, "month", tuple(KINDS)),
        behind=standing(columns, rows, behind),
    )


def people_months(ledger: Ledger) -> Table | None:
    """Heads, whatever their currency, and the churn rate at each month's end; None where a filter cuts
    through people."""
    filters = ledger.filters
    rows: list[Row] = []
    behind: dict[tuple[int, str], Behind] = {}
    for month in shown_months(filters.period) if ledger.currencies else ():
        rate = churn_rate(ledger, month.last, lambda sums: people_of(sums, filters))
        if rate is None:
            return None
        cells: list[int | None] = []
        for label, kind, sums in steps_in(ledger.steps(month)):
            behind[len(rows), key_of(label)] = behind_step(label, kind, month, "supporters", None)
            cells.append(people_of(sums, filters))
        rows.append((month_name(month), *cells, rate.share))
    rate_column = Column("churn_rate", "Churn rate", ColumnKind.PERCENT, definition=CHURN_RATE)
    columns = (_MONTH, *step_columns(ColumnKind.COUNT), rate_column)
    return Table(
        slug="supporter-months",
        title="Supporters month by month",
        sentence=_people_sentence(ledger, rows),
        columns=columns,
        rows=tuple(rows),
        definitions=(ACTIVE, IDENTITY, *KIND_DEFINITIONS.values(), CHURN_RATE),
        chart=Chart(ChartKind.STACKED, "month", tuple(KINDS)),
        behind=standing(columns, rows, behind),
    )


def step_columns(kind: ColumnKind) -> tuple[Column, ...]:
    """A column for each step from opening to closing."""
    level = MRR if kind is ColumnKind.MONEY else ACTIVE
    return (
        Column(key_of(OPENING), OPENING, kind, definition=level),
        *(Column(each, KIND_NAMES[each], kind, definition=KIND_DEFINITIONS[each]) for each in KINDS),
        Column(key_of(CLOSING), CLOSING, kind, definition=level),
    )


def key_of(label: str) -> str:
    """The key of a step's column, by which charts know its colour."""
    return label.lower()


def _money_sentence(ledger: Ledger) -> str:
    if not ledger.currencies:
        return _NOTHING
    months = shown_months(ledger.filters.period)
    return " ".join(_grown(ledger, months, code) for code in ledger.currencies)


def _grown(ledger: Ledger, months: tuple[Period, ...], code: str) -> str:
    """In how many of the months one currency's revenue grew, and in how many it fell."""
    steps = [ledger.steps(month, code) for month in months]
    grew = sum(each.closing.annual > each.opening.annual for each in steps)
    fell = sum(each.closing.annual < each.opening.annual for each in steps)
    broken = [month_name(month) for month, each in zip(months, steps, strict=True) if not each.adds_up]
    if broken:
        return f"The figures in {code.upper()} of {listed(broken)} do not add up: do not use them."
    said = f"In {code.upper()} it grew in {counted(grew, 'month')} of {len(months)}"
    return f"{said} and fell in {fell or 'none'}."


def _people_sentence(ledger: Ledger, rows: list[Row]) -> str:
    if not rows:
        return _NOTHING
    months = shown_months(ledger.filters.period)
    net = [_net_people(ledger, month) for month in months]
    best = max(range(len(net)), key=net.__getitem__)
    if net[best] <= 0:
        return f"In none of these {len(net)} months did more supporters come than go."
    more = counted(net[best], "supporter")
    return f"{month_name(months[best])} was best: {more} more at its end than when it began."


def _net_people(ledger: Ledger, month: Period) -> int:
    steps = ledger.steps(month)
    opening, closing = (people_of(sums, ledger.filters) for sums in (steps.opening, steps.closing))
    return (closing or 0) - (opening or 0)
