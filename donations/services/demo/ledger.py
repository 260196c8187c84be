"""The lines of the recurring-revenue ledger that one supporter's gifts leave, by the domain's own rules.

`services.movements.book` asks the database what the ledger says so far; here a whole life is at hand.
A test holds that booking what this wrote adds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from donations.domain.gifts import Frequency
from donations.domain.movements import (
    Classified,
    GiftState,
    LedgerState,
    MovementKind,
    MovementTag,
    classify,
    heads,
    tag_of_switch,
)
from donations.services.demo.gifts import Change, RecurringGift


@dataclass(frozen=True, slots=True)
class Line:
    """One movement, as its row says it."""

    change: Change
    classified: Classified
    tag: MovementTag | None
    frequency: Frequency
    switched_from: Frequency | None
    annual_before: int
    supporters_in_currency: int


@dataclass(slots=True)
class _Held:
    """What the ledger says of one gift."""

    annual_amount: int = 0
    frequency: Frequency | None = None
    was_paused: bool = False


def lines_of(gifts: Iterable[RecurringGift]) -> list[Line]:
    """In the order in which they were learnt."""
    changes = [change for gift in gifts for change in gift.changes]
    changes.sort(key=lambda change: change.learnt_at)
    held: dict[int, _Held] = {}
    in_currency: dict[str, int] = {}
    lines: list[Line] = []
    for change in changes:
        own = held.setdefault(id(change.gift), _Held())
        others = any(each.annual_amount for each in held.values() if each is not own)
        before = LedgerState(own.annual_amount, own.was_paused, others, bool(lines))
        classified = classify(before, GiftState(change.annual_amount, change.end))
        if classified is not None:
            currency = change.gift.currency
            lines.append(_line(change, classified, own, in_currency.get(currency, 0)))
            _take_in(own, lines[-1])
            in_currency[currency] = in_currency.get(currency, 0) + classified.annual_amount
    return lines


def _line(change: Change, classified: Classified, held: _Held, in_currency: int) -> Line:
    counts_on = held.annual_amount + classified.annual_amount > 0
    # What counts no more still counted under the rhythm that the ledger knew.
    frequency = change.frequency if counts_on or held.frequency is None else held.frequency
    is_switch = held.annual_amount > 0 and held.frequency is not frequency
    return Line(
        change=change,
        classified=classified,
        tag=tag_of_switch(change.was, change.frequency),
        frequency=frequency,
        switched_from=held.frequency if is_switch else None,
        annual_before=held.annual_amount,
        supporters_in_currency=heads(in_currency, classified.annual_amount),
    )


def _take_in(held: _Held, line: Line) -> None:
    held.annual_amount += line.classified.annual_amount
    held.frequency = line.frequency
    held.was_paused = line.classified.kind is MovementKind.PAUSED
