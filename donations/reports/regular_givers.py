"""How supporters give, how recurring gifts stand now, and which began and ended in a period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Final

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from donations.domain.movements import ChurnCause, MovementKind
from donations.domain.periods import Period
from donations.models.rollups import GiftStateKind, GiftStates, SupporterKind, SupporterKinds
from donations.reports.definitions import COMPARED
from donations.reports.filters import Filters
from donations.reports.gifts_now import STATE_NAMES
from donations.reports.giving_definitions import BEGAN, ENDED, ENDING, KIND, STATES
from donations.reports.sums import movements_by
from donations.reports.supporter_list import KIND_NAMES, Kind
from donations.reports.table import Behind, Chart, ChartKind, Column, ColumnKind, RowsOf, Table
from donations.reports.words import counted, listed, on_days, share

_MOVED: Final[tuple[tuple[str, Mapping[str, str]], ...]] = (
    ("New", {"movement": MovementKind.NEW.value}),
    ("Reactivated", {"movement": MovementKind.REACTIVATED.value}),
    ("Failed", {"cause": ChurnCause.PAYMENT_FAILURE.value}),
    ("Cancelled", {"cause": ChurnCause.VOLUNTARY.value}),
    ("Disputed", {"cause": ChurnCause.DISPUTE.value}),
)
"""What a gift did, and which lines of the ledger say so."""


def kinds_table(session: Session) -> Table:
    """Everybody, by how they give."""
    found = session.execute(
        select(SupporterKinds.kind, func.sum(SupporterKinds.supporters)).group_by(SupporterKinds.kind)
    )
    numbers = {kind: int(number) for kind, number in found}
    total = sum(numbers.values())
    kinds = tuple(SupporterKind) if total else ()
    rows = tuple(
        (KIND_NAMES[Kind(kind)], numbers.get(kind, 0), Fraction(numbers.get(kind, 0), total))
        for kind in kinds
    )
    return Table(
        slug="kinds",
        title="How supporters give",
        sentence=_kinds_sentence(numbers, total),
        columns=(
            Column("kind", "Kind", ColumnKind.TEXT),
            Column("supporters", "Supporters", ColumnKind.COUNT, definition=KIND),
            Column("share", "Share", ColumnKind.PERCENT),
        ),
        rows=rows,
        notes=("As of now, whichever period is shown.",),
        behind={
            (number, "supporters"): Behind(RowsOf.SUPPORTERS, {"kind": kind.value})
            for number, kind in enumerate(kinds)
        },
    )


def states_table(session: Session) -> Table:
    """Recurring gifts that have not ended, as they stand now."""
    found = session.execute(
        select(
            GiftStates.state,
            func.sum(GiftStates.gifts),
            func.sum(case((GiftStates.is_ending, GiftStates.gifts), else_=0)),
        ).group_by(GiftStates.state)
    )
    numbers = {state: (int(gifts), int(ending)) for state, gifts, ending in found}
    states = tuple(GiftStateKind) if any(gifts for gifts, _ in numbers.values()) else ()
    return Table(
        slug="states",
        title="Recurring gifts now",
        sentence=_states_sentence(numbers),
        columns=(
            Column("state", "State", ColumnKind.TEXT),
            Column("gifts", "Recurring gifts", ColumnKind.COUNT, definition=STATES),
            Column("ending", "Set to end", ColumnKind.COUNT, definition=ENDING),
        ),
        rows=tuple((STATE_NAMES[state], *numbers.get(state, (0, 0))) for state in states),
        notes=("As of now, whichever period is shown. One person may have several gifts.",),
        behind={
            (number, key): Behind(RowsOf.SUBSCRIPTIONS, {"state": state.value} | words)
            for number, state in enumerate(states)
            for key, words in (("gifts", {}), ("ending", {"ending": "yes"}))
        },
    )


def moved_table(session: Session, filters: Filters) -> Table:
    """Regular giving that began and ended in the period, beside the one before."""
    all_of_them = replace(
        filters,
        currency=None, frequency=None, campaign=None, article=None, placement=None, known_on=None,
    )  # fmt: skip
    periods = {"lines": filters.period, "lines_before": filters.previous}
    numbers = {key: _moved_in(session, all_of_them, period) for key, period in periods.items()}
    rows = tuple(
        (name, now, before, now - before)
        for (name, _), now, before in zip(_MOVED, numbers["lines"], numbers["lines_before"], strict=True)
    )
    return Table(
        slug="began-and-ended",
        title="Regular giving that began and ended",
        sentence=_moved_sentence(numbers["lines"], filters.period),
        columns=(
            Column("what", "What happened", ColumnKind.TEXT),
            Column("lines", "In the period", ColumnKind.COUNT),
            Column("lines_before", "Before", ColumnKind.COUNT, definition=COMPARED),
            Column("difference", "Difference", ColumnKind.COUNT, is_change=True),
        ),
        rows=rows if any((*numbers["lines"], *numbers["lines_before"])) else (),
        definitions=(BEGAN, ENDED),
        chart=Chart(ChartKind.BARS, "what", ("lines", "lines_before")),
        behind=_behind_moved(periods) if any((*numbers["lines"], *numbers["lines_before"])) else {},
    )


def _moved_in(session: Session, filters: Filters, period: Period) -> tuple[int, ...]:
    """As many numbers as `_MOVED` has names."""
    found = movements_by(session, filters, period, "kind", "cause")
    return tuple(
        sum(
            sums.lines
            for (kind, cause), sums in found.items()
            if {"movement": kind, "cause": cause}.items() >= words.items()
        )
        for _, words in _MOVED
    )


def _behind_moved(periods: Mapping[str, Period]) -> dict[tuple[int, str], Behind]:
    return {
        (number, key): Behind(
            RowsOf.MOVEMENTS,
            {**words, "from": period.first.isoformat(), "to": period.last.isoformat()},
        )
        for number, (_, words) in enumerate(_MOVED)
        for key, period in periods.items()
    }


def _kinds_sentence(numbers: Mapping[str, int], total: int) -> str:
    if not total:
        return "Nobody has given or tried to yet."
    recurring = numbers.get(SupporterKind.RECURRING, 0)
    known = f"We know {counted(total, 'supporter')}"
    return f"{known}; {recurring:,} of them, or {share(Fraction(recurring, total))}, give regularly."


def _states_sentence(numbers: Mapping[str, tuple[int, int]]) -> str:
    total = sum(gifts for gifts, _ in numbers.values())
    if not total:
        return "There are no recurring gifts now."
    parts = [
        f"{numbers[state][0]:,} {STATE_NAMES[state].lower()}"
        for state in GiftStateKind
        if numbers.get(state, (0, 0))[0]
    ]
    ending = sum(ending for _, ending in numbers.values())
    verb = "has" if ending == 1 else "have"
    many = counted(total, "recurring gift")
    return f"{many[:1].upper()}{many[1:]}: {listed(parts)}. {ending or 'None'} of them {verb} an end set."


def _moved_sentence(numbers: tuple[int, ...], period: Period) -> str:
    new, again, *ended = numbers
    began = f"{counted(new, 'supporter')} began to give regularly and {again or 'none'} began again"
    names = [name.lower() for name, _ in _MOVED[2:]]
    parts = [f"{number:,} {name}" for name, number in zip(names, ended, strict=True) if number]
    why = f": {listed(parts)}" if parts else ""
    gone = counted(sum(ended), "recurring gift")
    return f"From {on_days(period)}, {began}; {gone} ended{why}."
