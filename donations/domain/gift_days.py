"""The days on which a recurring gift is charged, and those that a pause leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from donations.domain.gifts import Frequency
from donations.domain.periods import local_day
from donations.domain.upcoming_charges import upcoming_charges

_BEFORE_NEXT: Final = timedelta(days=1)
"""A charge takes Stripe about an hour from its date on. So a pause ends well after the last charge that
it leaves out, and a day before the first that it does not."""


@dataclass(frozen=True, slots=True)
class GiftDays:
    """The days of one recurring gift, in one zone."""

    began_at: datetime
    """The first charge, from which the others are reckoned."""
    next_at: datetime | None
    """The end of what was paid for."""
    resumes_at: datetime | None
    """Nothing is charged before; None with a pause that has no end."""
    is_paused: bool
    ends_at: datetime | None
    frequency: Frequency
    zone: ZoneInfo

    @property
    def next_on(self) -> date | None:
        return self._day(self.next_at)

    @property
    def resumes_on(self) -> date | None:
        return self._day(self.resumes_at)

    @property
    def ends_on(self) -> date | None:
        return self._day(self.ends_at)

    def _day(self, instant: datetime | None) -> date | None:
        return None if instant is None else local_day(instant, self.zone)


@dataclass(frozen=True, slots=True)
class Pause:
    """Charges left out: until which day nothing is charged, and when the next charge is then."""

    until: date
    left_out: tuple[date, ...]
    next_on: date


def charges_to_come(days: GiftDays) -> Iterator[date]:
    """The days on which it will be charged, without end unless the gift has one."""
    if days.next_at is None or (days.is_paused and days.resumes_at is None):
        return
    resumes_on, ends_on = days.resumes_on if days.is_paused else None, days.ends_on
    for day in rhythm(days):
        if ends_on is not None and day >= ends_on:
            return
        if resumes_on is None or day >= resumes_on:
            yield day


def next_charge_on(days: GiftDays) -> date | None:
    """The first of them."""
    return next(charges_to_come(days), None)


def pause_of(days: GiftDays, charges: int) -> Pause:
    """The pause that leaves out this many charges from the next one on."""
    *left_out, next_on = islice(rhythm(days), charges + 1)
    return Pause(next_on - _BEFORE_NEXT, tuple(left_out), next_on)


def leaves_out_one(days: GiftDays) -> bool:
    """Whether one single charge falls into the pause that is on."""
    if days.next_on is None or days.resumes_on is None:
        return False
    first, second = islice(rhythm(days), 2)
    return first < days.resumes_on <= second


def rhythm(days: GiftDays) -> Iterator[date]:
    """Each date from the next on, whatever is paused."""
    assert days.next_at is not None
    return upcoming_charges(days.next_at, days.began_at, days.frequency, days.zone)
