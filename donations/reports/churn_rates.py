"""How many of those who give regularly leave, and how much more comes than goes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from typing import Final

from donations.domain.movements import MovementKind
from donations.domain.periods import Period
from donations.reports.definitions import ACTIVE, COMPARED
from donations.reports.movement_definitions import (
    CHURN_RATE,
    CHURN_RATE_OF_GIFTS,
    GIFTS,
    KIND_DEFINITIONS,
    QUICK_RATIO,
)
from donations.reports.movement_figures import behind_level, behind_moved, cut_notes, people_of, standing
from donations.reports.movement_months import ChurnRate, churn_rate
from donations.reports.recurring_ledger import Ledger, monthly, rate_window
from donations.reports.table import Behind, Column, ColumnKind, Row, Table
from donations.reports.words import counted, on_days

_CURRENCY: Final = Column("currency", "Currency", ColumnKind.CURRENCY)
_ALL: Final = "All together"
_GAINED: Final = (MovementKind.NEW, MovementKind.REACTIVATED, MovementKind.UPGRADED)
_LOST: Final = (MovementKind.DOWNGRADED, MovementKind.CHURNED)


def churn_rate_table(ledger: Ledger) -> Table:
    """Of the 30 days that end with the period: a row for all, and one a currency if there are several."""
    rows: list[Row] = []
    behind: dict[tuple[int, str], Behind] = {}
    window = rate_window(ledger.filters.period.last)
    for code in _scopes(ledger):
        people, gifts = _rates(ledger, code)
        behind |= {(len(rows), key): each for key, each in _behind_rate(window, code, people is not None)}
        rows.append((_ALL if code is None else code.upper(), code, *_cells(people), *_cells(gifts)))
    columns = (
        Column("of", "Of", ColumnKind.TEXT),
        _CURRENCY,
        *_rate_columns("supporters", "Supporters"),
        Column("churn_rate", "Churn rate", ColumnKind.PERCENT, definition=CHURN_RATE),
        *_rate_columns("gifts", "Gifts"),
        Column("churn_rate_of_gifts", "Rate of gifts", ColumnKind.PERCENT, definition=CHURN_RATE_OF_GIFTS),
    )
    return Table(
        slug="churn-rate",
        title="Churn rate",
        sentence=_rate_sentence(ledger),
        columns=columns,
        rows=tuple(rows),
        notes=cut_notes(ledger.filters),
        definitions=(CHURN_RATE, CHURN_RATE_OF_GIFTS),
        behind=standing(columns, rows, behind),
    )


def quick_ratio_table(ledger: Ledger) -> Table:
    """One row a currency, the period beside the one before."""
    filters = ledger.filters
    rows: list[Row] = []
    behind: dict[tuple[int, str], Behind] = {}
    for code in ledger.currencies:
        cells: list[Row] = []
        for period, suffix in ((filters.period, ""), (filters.previous, "_before")):
            gained, lost = _gained_and_lost(ledger, period, code)
            behind[len(rows), f"gained{suffix}"] = behind_moved(period, "mrr", _GAINED, currency=code)
            behind[len(rows), f"lost{suffix}"] = behind_moved(period, "mrr", _LOST, currency=code)
            ratio = Fraction(gained, lost) if lost > 0 else None
            cells.append((monthly(gained, code), monthly(lost, code), ratio))
        rows.append((code, *cells[0], *cells[1]))
    columns = (_CURRENCY, *_ratio_columns("", ""), *_ratio_columns("_before", " before"))
    return Table(
        slug="quick-ratio",
        title="Quick ratio",
        sentence=_ratio_sentence(ledger),
        columns=columns,
        rows=tuple(rows),
        notes=cut_notes(filters),
        definitions=(QUICK_RATIO, COMPARED),
        behind=standing(columns, rows, behind),
    )


def _scopes(ledger: Ledger) -> tuple[str | None, ...]:
    """All together, and each currency if there are several; none where nothing ever moved."""
    several = ledger.currencies if len(ledger.currencies) > 1 else ()
    return (None, *several) if ledger.currencies else ()


def _rates(ledger: Ledger, code: str | None) -> tuple[ChurnRate | None, ChurnRate | None]:
    """Of people, where they can be counted, and of gifts."""
    day, filters = ledger.filters.period.last, ledger.filters
    people = churn_rate(ledger, day, lambda sums: people_of(sums, filters, code), code)
    return people, churn_rate(ledger, day, lambda sums: sums.gifts, code)


def _cells(rate: ChurnRate | None) -> Row:
    return (None,) * 4 if rate is None else (rate.active, rate.new, rate.churned, rate.share)


def _rate_columns(summed: str, label: str) -> tuple[Column, ...]:
    active = ACTIVE if summed == "supporters" else GIFTS
    new, churned = (KIND_DEFINITIONS[kind] for kind in (MovementKind.NEW, MovementKind.CHURNED))
    return (
        Column(summed, f"{label} 30 days ago", ColumnKind.COUNT, definition=active),
        Column(f"new_{summed}", "New since", ColumnKind.COUNT, definition=new),
        Column(f"churned_{summed}", "Churned since", ColumnKind.COUNT, definition=churned),
    )


def _behind_rate(window: Period, code: str | None, counts_people: bool) -> Iterator[tuple[str, Behind]]:
    new, churned = [MovementKind.NEW], [MovementKind.CHURNED]
    for summed in ("supporters", "gifts") if counts_people else ("gifts",):
        yield summed, behind_level(window.first - timedelta(days=1), summed, currency=code)
        yield f"new_{summed}", behind_moved(window, summed, new, currency=code)
        yield f"churned_{summed}", behind_moved(window, summed, churned, currency=code)


def _ratio_columns(suffix: str, said: str) -> tuple[Column, ...]:
    return (
        Column(f"gained{suffix}", f"Came{said}", ColumnKind.MONEY, definition=QUICK_RATIO),
        Column(f"lost{suffix}", f"Went{said}", ColumnKind.MONEY, definition=QUICK_RATIO),
        Column(f"ratio{suffix}", f"Quick ratio{said}", ColumnKind.PERCENT, definition=QUICK_RATIO),
    )


def _gained_and_lost(ledger: Ledger, period: Period, code: str) -> tuple[int, int]:
    """A year's worth each, both more than nothing."""
    steps = ledger.steps(period, code)
    return sum(steps.of(kind).annual for kind in _GAINED), -sum(steps.of(kind).annual for kind in _LOST)


def _rate_sentence(ledger: Ledger) -> str:
    people, gifts = _rates(ledger, None)
    rate, noun = (people, "supporter") if people is not None else (gifts, "recurring gift")
    days = on_days(rate_window(ledger.filters.period.last))
    if rate is None or rate.share is None:
        return f"There was nobody to lose from {days}."
    there = counted(rate.active + rate.new, noun)
    return f"From {days}, {rate.churned:,} of {there} churned: {float(rate.share * 100):.1f} %."


def _ratio_sentence(ledger: Ledger) -> str:
    said: list[str] = []
    for code in ledger.currencies:
        gained, lost = _gained_and_lost(ledger, ledger.filters.period, code)
        if lost > 0:
            said.append(f"In {code.upper()}, {float(Fraction(gained, lost)):.1f} times as much came as went.")
        elif gained:
            said.append(f"In {code.upper()} something came and nothing went.")
        else:
            said.append(f"In {code.upper()} nothing came and nothing went.")
    return " ".join(said) or "Nothing came and nothing went."
