"""Recurring revenue at the ends of two periods, from the ledger; and who came and went between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from sqlalchemy.orm import Session

from donations.domain.money import Money
from donations.domain.movements import MONTHS_A_YEAR, MovementKind
from donations.reports.definitions import (
    ACTIVE,
    CAME_AND_WENT,
    CHURNED,
    COMPARED,
    MRR,
    NEW,
    PAUSES,
    REACTIVATED,
)
from donations.reports.filters import Filters
from donations.reports.money_columns import CURRENCY
from donations.reports.sum_values import MovementSums
from donations.reports.sums import Key, heads, movements_by, stood_on
from donations.reports.table import Behind, Column, ColumnKind, Definition, Row, RowsOf, Table
from donations.reports.takings import shown
from donations.reports.words import amounts, counted, sentence

_NOTHING: Final = MovementSums()
_MOVED: Final[Mapping[MovementKind, tuple[str, Definition]]] = {
    MovementKind.NEW: ("New", NEW),
    MovementKind.REACTIVATED: ("Came back", REACTIVATED),
    MovementKind.RESUMED: ("Resumed", PAUSES),
    MovementKind.PAUSED: ("Paused", PAUSES),
    MovementKind.CHURNED: ("Churned", CHURNED),
}
"""Of heads: with their signs, as the ledger counts them."""
_CUT: Final = (
    "People are not counted within a frequency, campaign, article or placement: one may give in two rhythms "
    "or through two campaigns. Recurring gifts stand under MRR."
)


@dataclass(frozen=True, slots=True)
class Recurring:
    """What stood at the end of the period and of the one before, by currency; and what moved, by kind."""

    filters: Filters
    now: Mapping[Key, MovementSums]
    before: Mapping[Key, MovementSums]
    moved: Mapping[Key, MovementSums]

    @property
    def supporters(self) -> int | None:
        """Who gives regularly; None where the filters cut through people."""
        return heads(sum(self.now.values(), _NOTHING), self.filters)

    @property
    def supporters_before(self) -> int | None:
        return heads(sum(self.before.values(), _NOTHING), self.filters)

    def moved_heads(self, kind: MovementKind) -> int | None:
        """How many more people gave regularly by movements of this kind; fewer where people left."""
        return heads(self.moved.get((kind,), _NOTHING), self.filters)

    @property
    def given_in(self) -> frozenset[str]:
        """The currencies of the gifts at either moment."""
        both = {**self.before, **self.now}
        return frozenset(code for (code,) in both if self.gifts(code) != (0, 0))

    @property
    def codes(self) -> tuple[str, ...]:
        """The same in order; never none."""
        return shown(self.given_in, self.filters)

    def gifts(self, code: str) -> tuple[int, int]:
        """How many recurring gifts there are in a currency, and were."""
        return self.now.get((code,), _NOTHING).gifts, self.before.get((code,), _NOTHING).gifts

    def mrr(self, code: str) -> Money:
        return monthly(self.now.get((code,), _NOTHING), code)

    def mrr_before(self, code: str) -> Money:
        return monthly(self.before.get((code,), _NOTHING), code)


def monthly(sums: MovementSums, code: str) -> Money:
    """A twelfth of a year's worth, rounded for showing."""
    return Money(round(Fraction(sums.annual, MONTHS_A_YEAR)), code)


def recurring_of(session: Session, filters: Filters) -> Recurring:
    """Three queries of sums by day."""
    return Recurring(
        filters,
        stood_on(session, filters, filters.period.last, "currency"),
        stood_on(session, filters, filters.previous.last, "currency"),
        movements_by(session, filters, filters.period, "kind"),
    )


def mrr_table(recurring: Recurring) -> Table:
    """One row a currency. The difference is that of the two figures shown, so that the row adds up."""
    return Table(
        slug="mrr",
        title="Monthly recurring revenue (MRR)",
        sentence=_mrr_sentence(recurring),
        columns=(
            CURRENCY,
            Column("mrr", "MRR", ColumnKind.MONEY, definition=MRR),
            Column("mrr_before", "MRR before", ColumnKind.MONEY),
            Column("difference", "Difference", ColumnKind.MONEY, is_change=True),
            Column("gifts", "Recurring gifts", ColumnKind.COUNT),
            Column("gifts_before", "Gifts before", ColumnKind.COUNT),
        ),
        rows=tuple(_mrr_row(recurring, code) for code in recurring.codes),
        definitions=(MRR, COMPARED),
        behind={
            (number, f"{summed}{suffix}"): _stood_behind(summed, last, currency=code)
            for number, code in enumerate(recurring.codes)
            for summed in ("mrr", "gifts")
            for suffix, last in _ends(recurring.filters)
        },
    )


def supporters_table(recurring: Recurring) -> Table:
    """How many people give regularly, and how many came and went in the period."""
    filters, now, before = recurring.filters, recurring.supporters, recurring.supporters_before
    difference = None if now is None or before is None else now - before
    moved = {kind: recurring.moved_heads(kind) for kind in _MOVED}
    behind = {
        (0, f"supporters{suffix}"): _stood_behind("supporters", last) for suffix, last in _ends(filters)
    }
    for kind in _MOVED:
        words = {"sum": "supporters", "movement": str(kind)}
        behind[0, str(kind)] = Behind(RowsOf.MOVEMENTS, words)
    return Table(
        slug="active-recurring-supporters",
        title="Active recurring supporters",
        sentence=_supporters_sentence(recurring),
        columns=(
            Column("supporters", "Supporters", ColumnKind.COUNT, definition=ACTIVE),
            Column("supporters_before", "Supporters before", ColumnKind.COUNT),
            Column("difference", "Difference", ColumnKind.COUNT, is_change=True),
            *(
                Column(str(kind), label, ColumnKind.COUNT, is_change=True, definition=definition)
                for kind, (label, definition) in _MOVED.items()
            ),
        ),
        rows=((now, before, difference, *moved.values()),),
        notes=(_CUT,) if now is None else (),
        definitions=(ACTIVE, CAME_AND_WENT, COMPARED),
        behind={} if now is None else behind,
    )


def _ends(filters: Filters) -> tuple[tuple[str, date], ...]:
    """The days at whose end something stood, by what the keys of their columns end in."""
    return ("", filters.period.last), ("_before", filters.previous.last)


def _stood_behind(summed: str, last: date, **words: str) -> Behind:
    """All lines of the ledger up to a day: what stood at its end."""
    return Behind(RowsOf.MOVEMENTS, {"sum": summed, "until": last.isoformat(), **words})


def regular_givers(recurring: Recurring) -> str:
    """`12 supporters give regularly`, or what was so when the period ended; gifts where people are cut."""
    number = recurring.supporters
    if number is None:
        gifts = sum(recurring.gifts(code)[0] for code in recurring.codes)
        many = counted(gifts, "recurring gift")
        verb = "is" if gifts == 1 else "are"
        text = (
            f"When the period ended, {many} went on" if recurring.filters.is_over else f"{many} {verb} active"
        )
        return sentence(text)[:-1]
    people = counted(number, "supporter") if number else "nobody"
    if recurring.filters.is_over:
        return f"When the period ended, {people} gave regularly"
    return f"{people[:1].upper()}{people[1:]} {'gives' if number < 2 else 'give'} regularly"


def monthly_amounts(recurring: Recurring) -> str:
    """Each currency's MRR as shown; `nothing` for none."""
    return amounts(recurring.mrr(code) for code in recurring.codes)


def _mrr_row(recurring: Recurring, code: str) -> Row:
    now, before = recurring.mrr(code), recurring.mrr_before(code)
    return (code, now, before, now - before, *recurring.gifts(code))


def _mrr_sentence(recurring: Recurring) -> str:
    verb = "brought" if recurring.filters.is_over else "bring"
    before = amounts(recurring.mrr_before(code) for code in recurring.codes)
    return f"Recurring gifts {verb} {monthly_amounts(recurring)} a month. Before: {before}."


def _supporters_sentence(recurring: Recurring) -> str:
    now, before = recurring.supporters, recurring.supporters_before
    if now is None or before is None:
        return f"{regular_givers(recurring)}; the people behind them are counted for all gifts together."
    new, left = (recurring.moved_heads(kind) or 0 for kind in (MovementKind.NEW, MovementKind.CHURNED))
    more = "as many as before" if now == before else f"{abs(now - before):,} {_more(now, before)} than before"
    came = f"{new:,} {'was' if new == 1 else 'were'} new" if new else "Nobody was new"
    went = f"{-left:,} left for good" if left else "nobody left for good"
    return f"{regular_givers(recurring)}, {more}. {came}, {went}."


def _more(now: int, before: int) -> str:
    return "more" if now > before else "fewer"
