"""When recurring gifts are charged in the days ahead, reckoned from the day of their next charge.

The sums of gifts keep that day alone. So a gift begun on the 31st whose next charge is on 28 February is
taken to be charged on 28 March: at most three days early.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from typing import Final

from donations.domain.gifts import Frequency
from donations.domain.periods import Period, nth_charge_on

_DAY: Final = timedelta(days=1)
_MONTHS_A_YEAR: Final = 12


def charges_until(due_on: date, frequency: Frequency, last: date) -> Iterator[date]:
    """The next charge and those that follow it, up to a day."""
    for number in count():
        day = nth_charge_on(due_on, frequency, number)
        if day > last:
            return
        yield day


def due_days_charged_in(days: Period, frequency: Frequency, earliest: date) -> Iterator[Period]:
    """The same seen from the other end: when the next charge must be, from `earliest` on, so that it falls
    on `days` itself, or the one after it does, and so on.

    A gift is charged on `days` once for each of these periods that its next charge is in.
    """
    assert frequency.months is not None
    for number in count():
        months = number * frequency.months
        first = _earliest_leading_to(days.first, months)
        last = _earliest_leading_to(days.last + _DAY, months) - _DAY
        if last < earliest:
            return
        if first <= last:
            yield Period(max(first, earliest), last)


def _earliest_leading_to(day: date, months: int) -> date:
    """The first day from which `months` later it is `day` or after it."""
    year, month = divmod(day.year * _MONTHS_A_YEAR + day.month - 1 - months, _MONTHS_A_YEAR)
    length = monthrange(year, month + 1)[1]
    if day.day <= length:
        return date(year, month + 1, day.day)
    # All days of a month that is too short lead to an earlier one.
    return date(year, month + 1, length) + _DAY
