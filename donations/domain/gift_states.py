"""How a recurring gift stands, in the terms of whoever gives it, and the days it is charged on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import islice

from donations.domain.gifts import Frequency
from donations.domain.periods import charge_dates
from donations.domain.standing import Standing, is_terminal


class GiftState(StrEnum):
    """What a reader is told. The values name sentences in templates."""

    CONFIRMING = "confirming"
    """The first payment is not through yet."""
    ACTIVE = "active"
    FAILED = "failed"
    """A payment did not go through, and is tried again."""
    SKIPPED = "skipped"
    """One payment is left out."""
    PAUSED = "paused"
    ENDING = "ending"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class GiftDays:
    """The days of one recurring gift, in one zone. `next_on` is the end of what was paid for."""

    started_on: date
    next_on: date | None
    resumes_on: date | None
    """Nothing is charged before this day; None with a pause that has no end."""
    is_paused: bool
    ends_on: date | None
    frequency: Frequency


def state_of(standing: Standing, days: GiftDays) -> GiftState:
    """What to tell. An end that is coming says more than a pause or a failure before it."""
    if is_terminal(standing):
        return GiftState.ENDED
    if standing is Standing.INCOMPLETE:
        return GiftState.CONFIRMING
    if days.ends_on is not None:
        return GiftState.ENDING
    if standing in {Standing.PAST_DUE, Standing.UNPAID}:
        return GiftState.FAILED
    if standing is Standing.PAUSED or days.is_paused:
        return GiftState.SKIPPED if _leaves_out_one(days) else GiftState.PAUSED
    return GiftState.ACTIVE


def charges_to_come(days: GiftDays) -> Iterator[date]:
    """The days on which it will be charged, without end unless the gift has one."""
    if days.next_on is None or (days.is_paused and days.resumes_on is None):
        return
    for day in _rhythm(days):
        if days.ends_on is not None and day >= days.ends_on:
            return
        if not days.is_paused or days.resumes_on is None or day >= days.resumes_on:
            yield day


def next_charge_on(days: GiftDays) -> date | None:
    """The first of them."""
    return next(charges_to_come(days), None)


def _rhythm(days: GiftDays) -> Iterator[date]:
    """Charges are reckoned from the first one (31 January, 28 February, 31 March), unless the gift
    was given another day since."""
    assert days.next_on is not None
    from_start = charge_dates(days.started_on, days.frequency)
    for day in from_start:
        if day == days.next_on:
            yield day
            yield from from_start
        if day >= days.next_on:
            break
    yield from charge_dates(days.next_on, days.frequency)


def _leaves_out_one(days: GiftDays) -> bool:
    if days.next_on is None or days.resumes_on is None:
        return False
    first, second = islice(_rhythm(days), 2)
    return first < days.resumes_on <= second
