"""How far a goal is, and whether its pace will do."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from donations.domain.goals import GoalState, Progress, Window
from donations.domain.money import Money
from donations.domain.periods import Period

NOVEMBER = Window(date(2026, 11, 1), date(2026, 11, 30))
CLOSED = Window(date(2026, 11, 1), date(2026, 11, 30), date(2026, 11, 10))
NEVER_BEGUN = Window(date(2026, 11, 1), date(2026, 11, 30), date(2026, 10, 20))


def on(day: int) -> date:
    return date(2026, 11, day)


@pytest.mark.parametrize(
    ("window", "day", "state", "gone", "left"),
    [
        (NOVEMBER, date(2026, 10, 31), GoalState.COMING, 0, 30),
        (NOVEMBER, on(1), GoalState.RUNNING, 1, 30),
        (NOVEMBER, on(30), GoalState.RUNNING, 30, 1),
        (NOVEMBER, date(2026, 12, 1), GoalState.OVER, 30, 0),
        (CLOSED, on(9), GoalState.RUNNING, 9, 2),
        (CLOSED, on(10), GoalState.CLOSED, 10, 1),
        (CLOSED, on(11), GoalState.CLOSED, 10, 0),
        (NEVER_BEGUN, on(5), GoalState.CLOSED, 0, 0),
    ],
)
def test_a_day_is_before_within_or_after_the_window(
    window: Window, day: date, state: GoalState, gone: int, left: int
) -> None:
    assert (window.state(day), window.days_gone(day), window.days_left(day)) == (state, gone, left)


def test_a_window_reaches_as_far_as_the_day_that_is_asked_about() -> None:
    assert NOVEMBER.until(on(12)) == Period(on(1), on(12))
    assert CLOSED.until(on(12)) == Period(on(1), on(10))
    assert NEVER_BEGUN.until(on(12)) is None


def test_pace_is_exact_and_counts_today_on_both_sides() -> None:
    progress = Progress(Money(10_000, "eur"), Money(2_000, "eur"), NOVEMBER, on(12))

    assert progress.share == Fraction(1, 5)
    assert progress.a_day_so_far == Fraction(2_000, 12)
    assert progress.a_day_needed == Fraction(8_000, 19)
    assert progress.at_this_pace == 5_000


def test_a_goal_that_is_reached_misses_nothing_and_one_to_come_has_no_pace() -> None:
    reached = Progress(Money(100, "eur"), Money(150, "eur"), NOVEMBER, on(12))
    to_come = Progress(Money(100, "eur"), Money(0, "eur"), NOVEMBER, date(2026, 10, 1))
    over = Progress(Money(100, "eur"), Money(-5, "eur"), NOVEMBER, date(2026, 12, 24))

    assert (reached.is_reached, reached.missing, reached.a_day_needed) == (True, Money(0, "eur"), 0)
    assert (to_come.a_day_so_far, to_come.at_this_pace) == (None, None)
    assert (over.missing, over.a_day_needed) == (Money(105, "eur"), None)
