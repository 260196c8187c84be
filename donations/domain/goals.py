"""What a campaign is to bring in within some days, and how far it is.

Every day of the window counts, the first and the last included. A goal that is closed before its end
counts up to the day on which it was closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from donations.domain.money import Money
from donations.domain.periods import Period


class GoalState(StrEnum):
    """How a goal stands on a day."""

    COMING = "coming"
    RUNNING = "running"
    OVER = "over"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Window:
    """The days in which gifts count."""

    first_on: date
    last_on: date
    closed_on: date | None = None

    @property
    def days(self) -> Period | None:
        """None where it was closed before it began."""
        last = self.last_on if self.closed_on is None else min(self.last_on, self.closed_on)
        return Period(self.first_on, last) if self.first_on <= last else None

    def until(self, day: date) -> Period | None:
        """As far as it had come at the end of a day; None before it began."""
        days = self.days
        return None if days is None or day < days.first else Period(days.first, min(days.last, day))

    def state(self, day: date) -> GoalState:
        if self.closed_on is not None and self.closed_on <= day:
            return GoalState.CLOSED
        if day < self.first_on:
            return GoalState.COMING
        return GoalState.RUNNING if day <= self.last_on else GoalState.OVER

    def days_gone(self, day: date) -> int:
        """That day included."""
        gone = self.until(day)
        return 0 if gone is None else len(gone)

    def days_left(self, day: date) -> int:
        """That day included, as something may still come in on it."""
        days = self.days
        if days is None or day > days.last:
            return 0
        return (days.last - max(day, days.first)).days + 1


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a goal is on a day. Shares and amounts a day are exact, in minor units."""

    goal: Money
    raised: Money
    """Received less refunds; less than nothing where refunds of earlier gifts came first."""
    window: Window
    today: date

    @property
    def share(self) -> Fraction:
        return Fraction(self.raised.amount, self.goal.amount)

    @property
    def missing(self) -> Money:
        """Nothing once the goal is reached."""
        return Money(max(0, self.goal.amount - self.raised.amount), self.goal.currency)

    @property
    def is_reached(self) -> bool:
        return self.raised.amount >= self.goal.amount

    @property
    def a_day_so_far(self) -> Fraction | None:
        """None before the first day."""
        gone = self.window.days_gone(self.today)
        return Fraction(self.raised.amount, gone) if gone else None

    @property
    def a_day_needed(self) -> Fraction | None:
        """From today on; None where no day is left."""
        left = self.window.days_left(self.today)
        return Fraction(self.missing.amount, left) if left else None

    @property
    def at_this_pace(self) -> Fraction | None:
        """What it comes to by the last day if each day to come brings as much as those gone by did."""
        days, a_day = self.window.days, self.a_day_so_far
        return None if days is None or a_day is None else a_day * len(days)
