"""Recurring revenue of all currencies as one, in euros, with what exchange rates did to it apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from donations.domain.amounts import format_money
from donations.domain.money import Money
from donations.domain.movements import MONTHS_A_YEAR, MovementKind
from donations.domain.periods import Period
from donations.domain.rates import HOME_CURRENCY
from donations.reports.consolidated import CONSOLIDATED, NOTHING, InEuro, Rates, missing_note
from donations.reports.definitions import COMPARED, MRR
from donations.reports.movement_definitions import IDENTITY, KIND_DEFINITIONS
from donations.reports.movement_figures import CLOSING, OPENING, ROUNDED_NOTE, cut_notes, went
from donations.reports.movement_months import key_of, month_name, step_columns
from donations.reports.movement_words import KIND_NAMES
from donations.reports.recurring_in_euro import FX, EuroMonth, MonthMoved, mrr_in_euro
from donations.reports.recurring_ledger import KINDS, Ledger, shown_months
from donations.reports.table import Chart, ChartKind, Column, ColumnKind, Row, Table
from donations.reports.words import LOCALE

_FX: Final = "FX"
_CURRENCY: Final = Column("currency", "Currency", ColumnKind.CURRENCY)
_LEFT_OUT: Final = "What needs a reference rate that nobody uploaded yet is left out: the notes name it."


@dataclass(frozen=True, slots=True)
class EuroSteps:
    """opening + Σ moved + fx = closing, exactly, wherever no rate is missing."""

    opening: InEuro
    moved: Mapping[MovementKind, InEuro]
    fx: InEuro
    closing: InEuro

    def all(self) -> Iterator[tuple[str, InEuro]]:
        """Each under its label, in the order of the identity."""
        yield OPENING, self.opening
        for kind in KINDS:
            yield KIND_NAMES[kind], self.moved[kind]
        yield _FX, self.fx
        yield CLOSING, self.closing


def is_consolidated(ledger: Ledger) -> bool:
    """Whether there is more to add than euros."""
    return ledger.filters.currency is None and not set(ledger.currencies) <= {HOME_CURRENCY}


def euro_steps(ledger: Ledger, rates: Rates, period: Period) -> EuroSteps:
    """Levels at the rate of their day's month, movements each at that of its own."""
    day_before = period.first - timedelta(days=1)
    opening = _level(ledger, rates, period, is_closing=False)
    closing = _level(ledger, rates, period, is_closing=True)
    moved = dict.fromkeys(KINDS, NOTHING)
    for day in ledger.days:
        if day_before < day <= period.last:
            for each in ledger.pieces.get(day, ()):
                if each.kind in moved:
                    annual = Money(each.sums.annual, each.currency)
                    moved[MovementKind(each.kind)] += rates.convert(annual, day) / MONTHS_A_YEAR
    # Reckoned from the levels of each currency, so that what is left is the work of rates alone.
    fx = closing - opening - sum(moved.values(), NOTHING)
    return EuroSteps(opening, moved, fx, closing)


def consolidated_steps(ledger: Ledger, rates: Rates) -> Table:
    """The waterfall of the period."""
    filters = ledger.filters
    now, before = (euro_steps(ledger, rates, period) for period in (filters.period, filters.previous))
    rows: tuple[Row, ...] = tuple(
        (label, HOME_CURRENCY, cents.rounded(), earlier.rounded())
        for (label, cents), (_, earlier) in zip(now.all(), before.all(), strict=True)
    )
    return Table(
        slug="movements-in-euro",
        title="What moved MRR, all currencies in euros",
        sentence=_sentence(now),
        columns=(
            Column("step", "Step", ColumnKind.TEXT),
            _CURRENCY,
            Column("mrr", "MRR", ColumnKind.MONEY, definition=CONSOLIDATED),
            Column("mrr_before", "MRR before", ColumnKind.MONEY, definition=CONSOLIDATED),
        ),
        rows=_unless_empty(rows),
        notes=_notes(ledger, (cents for steps in (now, before) for _, cents in steps.all())),
        definitions=(CONSOLIDATED, FX, IDENTITY, MRR, COMPARED),
        chart=Chart(ChartKind.WATERFALL, "step", ("mrr",)),
    )


def consolidated_months(ledger: Ledger, rates: Rates) -> Table:
    """One row a month."""
    months = shown_months(ledger.filters.period)
    found = months_in_euro(ledger, rates)
    rows: tuple[Row, ...] = tuple(
        (month_name(month), HOME_CURRENCY, *_cells(each)) for month, each in zip(months, found, strict=True)
    )
    *before, closing = step_columns(ColumnKind.MONEY)
    return Table(
        slug="months-in-euro",
        title="MRR month by month, all currencies in euros",
        sentence=_months_sentence(months, found),
        columns=(
            Column("month", "Month", ColumnKind.TEXT),
            _CURRENCY,
            *before,
            Column(key_of(_FX), _FX, ColumnKind.MONEY, definition=FX),
            closing,
        ),
        rows=_unless_empty(rows),
        notes=_notes(ledger, (cents for each in found for cents in each.figures)),
        definitions=(CONSOLIDATED, FX, IDENTITY, MRR, *KIND_DEFINITIONS.values()),
        chart=Chart(ChartKind.STACKED, "month", (*KINDS, key_of(_FX))),
    )


def months_in_euro(ledger: Ledger, rates: Rates) -> tuple[EuroMonth, ...]:
    """Each of the months shown."""
    months = shown_months(ledger.filters.period)
    first, last = months[0].first, months[-1].last
    opening = ledger.levels[first - timedelta(days=1)]
    moved = (
        MonthMoved(month.first, MovementKind(each.kind), Money(each.sums.annual, each.currency))
        for month in months
        for each in ledger.moved(month)
        if each.kind in KINDS
    )
    return mrr_in_euro(rates, first, last, {code: sums.annual for code, sums in opening.items()}, moved)


def _level(ledger: Ledger, rates: Rates, period: Period, *, is_closing: bool) -> InEuro:
    day = period.last if is_closing else period.first - timedelta(days=1)
    steps = {code: ledger.steps(period, code) for code in ledger.currencies}
    parts = (
        (Money((each.closing if is_closing else each.opening).annual, code), day)
        for code, each in steps.items()
    )
    return rates.total(parts) / MONTHS_A_YEAR


def _cells(month: EuroMonth) -> Iterator[Money | None]:
    yield month.opening.rounded()
    for kind in KINDS:
        yield month.movements[kind].rounded()
    yield month.fx.rounded()
    yield month.closing.rounded()


def _unless_empty(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """None where there is a figure in none of them."""
    return rows if any(isinstance(cell, Money) for row in rows for cell in row) else ()


def _notes(ledger: Ledger, figures: Iterable[InEuro]) -> tuple[str, ...]:
    missing = missing_note(figures)
    return (*(() if missing is None else (missing,)), ROUNDED_NOTE, *cut_notes(ledger.filters))


def _sentence(steps: EuroSteps) -> str:
    opening, closing, fx = steps.opening.rounded(), steps.closing.rounded(), steps.fx.rounded()
    if opening is None or closing is None or fx is None:
        return _LEFT_OUT
    if not fx.amount:
        return f"{went('MRR in euros', opening, closing)}; exchange rates did nothing to it."
    sign = "+" if fx.amount > 0 else "−"
    by_rates = format_money(Money(abs(fx.amount), HOME_CURRENCY), LOCALE)
    return (
        f"{went('MRR in euros', opening, closing)}; {sign}{by_rates} of that is the work of exchange rates."
    )


def _months_sentence(months: tuple[Period, ...], found: tuple[EuroMonth, ...]) -> str:
    opening, closing = found[0].opening.rounded(), found[-1].closing.rounded()
    if opening is None or closing is None:
        return _LEFT_OUT
    return f"{went(f'Since the beginning of {months[0].first:%B %Y}, MRR in euros', opening, closing)}."
