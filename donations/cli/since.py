"""`--since`: a day, like 2026-10-31, or a time back from now, like 35d, 12h or 90m."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Final

import click

from donations.domain.periods import day_bounds
from donations.runtime import current

_UNITS: Final = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}
_BACK: Final = re.compile(r"([0-9]{1,5})([dhm])")


class Since(click.ParamType[str]):
    """An instant in the past; a day begins at its midnight in the reports' zone."""

    name = "day|duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Only its shape: what it is an instant of needs the clock and the zone of the application."""
        text = str(value)
        if _BACK.fullmatch(text) is None and _day(text) is None:
            self.fail("is neither a day, like 2026-10-31, nor a time back, like 35d, 12h or 90m.", param, ctx)
        return text


def instant_of(text: str) -> datetime:
    """In the application, of what `Since` let through."""
    runtime = current()
    back, day = _BACK.fullmatch(text), _day(text)
    if back is not None:
        return runtime.now() - int(back[1]) * _UNITS[back[2]]
    assert day is not None
    return day_bounds(day, runtime.config.report_timezone)[0]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
