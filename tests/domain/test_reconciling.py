"""When a comparison falls due, and how far it looks back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from donations.domain.reconciling import (
    BOOKS,
    STEPS,
    RunKind,
    Step,
    due_at,
    events_since,
    nightly_since,
    step_after,
)

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "now", "beat"),
    [
        (RunKind.EVENTS, "2026-11-22T12:14:59", "2026-11-22T12:00:00"),
        (RunKind.EVENTS, "2026-11-22T12:15:00", "2026-11-22T12:15:00"),
        (RunKind.CHECKOUTS, "2026-11-22T12:59:59", "2026-11-22T12:00:00"),
        # Three in the morning there, in winter and in summer.
        (RunKind.NIGHTLY, "2026-11-22T01:59:59", "2026-11-21T02:00:00"),
        (RunKind.NIGHTLY, "2026-11-22T02:00:00", "2026-11-22T02:00:00"),
        (RunKind.NIGHTLY, "2026-07-01T01:00:00", "2026-07-01T01:00:00"),
        (RunKind.NIGHTLY, "2026-07-01T00:59:59", "2026-06-30T01:00:00"),
    ],
)
def test_a_run_falls_due_on_its_beat(kind: RunKind, now: str, beat: str) -> None:
    at, wanted = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (now, beat))

    assert due_at(kind, at, AMSTERDAM) == wanted


def test_no_beat_is_left_out_and_none_is_ahead_all_year_round() -> None:
    """Not on the days either on which the clocks are changed."""
    beats = {due_at(RunKind.NIGHTLY, NOON + timedelta(hours=n), AMSTERDAM) for n in range(24 * 366)}

    assert len(beats) in {366, 367}
    assert all(due_at(RunKind.NIGHTLY, beat, AMSTERDAM) <= beat for beat in beats)


def test_windows_overlap_however_long_nothing_ran_as_far_as_stripe_remembers() -> None:
    assert events_since(NOON, None) == NOON - timedelta(days=3)
    assert events_since(NOON, NOON - timedelta(hours=5)) == NOON - timedelta(hours=5, minutes=30)
    assert events_since(NOON, NOON - timedelta(days=90)) == NOON - timedelta(days=29)


def test_a_night_looks_back_over_more_than_a_month() -> None:
    assert nightly_since(NOON) == NOON - timedelta(days=35)


@pytest.mark.parametrize("kind", list(RunKind))
def test_a_run_takes_each_of_its_steps_once_and_the_books_last(kind: RunKind) -> None:
    taken: list[Step] = [STEPS[kind][0]]
    while (following := step_after(kind, taken[-1])) is not None:
        taken.append(following)

    assert tuple(taken) == STEPS[kind]
    assert [step in BOOKS for step in taken] == sorted(step in BOOKS for step in taken)
