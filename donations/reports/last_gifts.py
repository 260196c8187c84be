"""Who gave last when: how many supporters, by the day of their last gift and by how they give."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from donations.domain.periods import months_after
from donations.models.rollups import LastGiftDay, SupporterKind
from donations.reports.table import Behind, RowsOf

GAVE: Final = (SupporterKind.RECURRING, SupporterKind.FORMER, SupporterKind.ONCE)
NOT_RECURRING: Final = (SupporterKind.FORMER, SupporterKind.ONCE)
OVERDUE_MONTHS: Final = 13


@dataclass(frozen=True, slots=True)
class Span:
    """Days of last gifts; None is no limit at that end."""

    first: date | None
    last: date | None

    def words(self) -> dict[str, str]:
        """Of an address that asks for the supporters who gave last on these days."""
        days = {"last_from": self.first, "last_to": self.last}
        return {name: day.isoformat() for name, day in days.items() if day is not None}


@dataclass(frozen=True, slots=True)
class _Ladder:
    """The days on which those of one kind gave last, and how many did up to each of them."""

    days: tuple[date, ...]
    up_to: tuple[int, ...]

    def number(self, span: Span) -> int:
        begin = 0 if span.first is None else bisect_left(self.days, span.first)
        end = len(self.days) if span.last is None else bisect_right(self.days, span.last)
        return self._before(end) - self._before(begin)

    def _before(self, position: int) -> int:
        return self.up_to[position - 1] if position else 0


@dataclass(frozen=True, slots=True)
class LastGifts:
    """As of one day, whose calendar year is "this year"."""

    today: date
    ladders: Mapping[SupporterKind, _Ladder]

    @classmethod
    def of(cls, session: Session, today: date) -> LastGifts:
        """Of each day's sum of each kind."""
        found = session.execute(
            select(LastGiftDay.kind, LastGiftDay.last_on, LastGiftDay.supporters)
            .where(LastGiftDay.supporters != 0)
            .order_by(LastGiftDay.last_on)
        ).all()
        ladders: dict[SupporterKind, _Ladder] = {}
        for kind in GAVE:
            steps = [(day, number) for each, day, number in found if each == kind]
            ladders[kind] = _Ladder(
                tuple(day for day, _ in steps), tuple(accumulate(number for _, number in steps))
            )
        return cls(today, ladders)

    def number(self, span: Span, *kinds: SupporterKind) -> int:
        """How many of these kinds gave last in the span."""
        return sum(self.ladders[kind].number(span) for kind in kinds)

    @property
    def this_year(self) -> Span:
        return Span(date(self.today.year, 1, 1), None)

    @property
    def last_year(self) -> Span:
        return year_of(self.today.year - 1)

    @property
    def earlier(self) -> Span:
        """Before last year."""
        return Span(None, date(self.today.year - 2, 12, 31))

    @property
    def overdue(self) -> Span:
        return Span(None, months_after(self.today, -OVERDUE_MONTHS))

    def first_year(self) -> int:
        """The earliest in which anybody gave last; this one where nobody did."""
        return min(
            (each.days[0].year for each in self.ladders.values() if each.days), default=self.today.year
        )


def year_of(year: int) -> Span:
    return Span(date(year, 1, 1), date(year, 12, 31))


def behind(span: Span, *kinds: SupporterKind) -> Behind:
    """The supporters of these kinds who gave last in the span."""
    return Behind(RowsOf.SUPPORTERS, {"kind": ",".join(kinds)} | span.words())
