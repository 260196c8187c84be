"""The days of the charges to come of a recurring gift.

Stripe reckons each charge from the instant at which the rhythm began, in UTC: begun on 31 January, it
charges on 28 February and again on 31 March. A day of ours is that instant's in the reporting zone.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import dropwhile
from zoneinfo import ZoneInfo

from donations.domain.gifts import Frequency
from donations.domain.periods import charge_dates, local_day


def upcoming_charges(
    next_at: datetime, began_at: datetime, frequency: Frequency, zone: ZoneInfo
) -> Iterator[date]:
    """The day of the next charge and of all that follow it, without end; the gift is a recurring one.

    `began_at` is the first charge. Where the next one doesn't follow from it, the rhythm was begun
    anew at that next charge.
    """
    return (local_day(instant, zone) for instant in _instants(next_at, began_at, frequency))


def _instants(next_at: datetime, began_at: datetime, frequency: Frequency) -> Iterator[datetime]:
    next_on = next_at.astimezone(UTC).date()
    known = dropwhile(lambda charge: charge.date() < next_on, _charges_from(began_at, frequency))
    first = next(known)
    if first.date() != next_on:
        return _charges_from(next_at, frequency)
    return _followed_by(first, known)


def _charges_from(began_at: datetime, frequency: Frequency) -> Iterator[datetime]:
    start = began_at.astimezone(UTC)
    return (datetime.combine(day, start.timetz()) for day in charge_dates(start.date(), frequency))


def _followed_by(first: datetime, others: Iterator[datetime]) -> Iterator[datetime]:
    yield first
    yield from others
