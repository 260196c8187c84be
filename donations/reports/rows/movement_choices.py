"""Which lines of the ledger a figure is made of, in the words of an address.

`until` takes the place of the period: everything up to the end of a day. So does `after`: everything up
to so many months after the month in which a supporter began, for those who began in a `cohort`, one month
or two with dots between them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import aliased

from donations.domain.movements import ChurnCause, MovementKind, MovementTag
from donations.domain.periods import day_bounds, months_after, whole_month
from donations.models import Movement
from donations.reports.filter_words import EARLIEST
from donations.reports.filters import Filters

CHOICES: Final = frozenset({"movement", "cause", "tag", "until", "cohort", "after", "ended"})
_MOST_MONTHS: Final = 120
_LATEST: Final = date(2100, 1, 1)
_DOTS: Final = ".."
_WHILE_PAUSED: Final = "while-paused"


def is_within_span(filters: Filters, words: Mapping[str, str], problems: list[str]) -> ColumnElement[bool]:
    """Within the period, or up to what is asked for in its place."""
    until, cohorts = _until(words, problems), _cohorts(words, problems)
    after = _after(words, problems)
    if not cohorts:
        return _within(filters, until)
    if after is None:
        return and_(_within(filters, until), _is_of(filters, cohorts, lambda _: true()))
    return _is_of(filters, cohorts, lambda cohort: _is_by(filters, months_after(cohort, after)))


def chosen_lines(words: Mapping[str, str], problems: list[str]) -> Iterator[ColumnElement[bool]]:
    """By what moved, why, and by what tells a change of rhythm apart."""
    kinds = _known(words, "movement", frozenset(MovementKind), "movement", problems)
    causes = _known(words, "cause", frozenset(ChurnCause), "cause", problems)
    tags = _known(words, "tag", frozenset(MovementTag), "change of rhythm", problems)
    ended = _known(words, "ended", frozenset({_WHILE_PAUSED}), "end", problems)
    if kinds:
        yield Movement.kind.in_(kinds)
    if causes:
        yield Movement.cause.in_(causes)
    if tags:
        yield Movement.tag.in_(tags)
    if ended:
        yield Movement.annual_amount == 0


def _known(
    words: Mapping[str, str], name: str, allowed: frozenset[str], noun: str, problems: list[str]
) -> list[str]:
    """What is asked for by that word, several with commas between them; nothing where all are."""
    asked = [each for each in words.get(name, "").split(",") if each]
    if set(asked) <= allowed:
        return asked
    problems.append(f"We do not know that {noun}, so all are shown.")
    return []


def _within(filters: Filters, until: date | None) -> ColumnElement[bool]:
    if until is not None:
        return Movement.occurred_at < day_bounds(until, filters.zone)[1]
    begins, ends = filters.period.bounds(filters.zone)
    return and_(Movement.occurred_at >= begins, Movement.occurred_at < ends)


def _is_of(
    filters: Filters, cohorts: Sequence[date], condition: Callable[[date], ColumnElement[bool]]
) -> ColumnElement[bool]:
    """Whether the line is of a supporter whose first line is of one of these months, each under a
    condition of its own."""
    first, earlier = aliased(Movement), aliased(Movement)
    began_at, of_same = first.occurred_at, first.supporter_id == Movement.supporter_id
    spans = [(month, whole_month(month).bounds(filters.zone)) for month in cohorts]
    has_earlier = select(earlier.id).where(earlier.supporter_id == first.supporter_id, earlier.id < first.id)
    return (
        select(first.id)
        .where(of_same, began_at >= spans[0][1][0], began_at < spans[-1][1][1], ~has_earlier.exists())
        .where(
            or_(*(and_(began_at >= since, began_at < end, condition(month)) for month, (since, end) in spans))
        )
        .exists()
    )


def _is_by(filters: Filters, month: date) -> ColumnElement[bool]:
    """Whether the line is of that month or of one before it."""
    return Movement.occurred_at < whole_month(month).bounds(filters.zone)[1]


def _until(words: Mapping[str, str], problems: list[str]) -> date | None:
    text = words.get("until")
    day = None if not text else _day(text)
    if text and day is None:
        problems.append("Write the day until which lines count like 2026-11-22; the period counts.")
    return day


def _cohorts(words: Mapping[str, str], problems: list[str]) -> list[date]:
    """The months asked for, from the first to the last."""
    text = words.get("cohort")
    if not text:
        return []
    first, _, last = text.partition(_DOTS)
    begins, ends = _day(f"{first}-01"), _day(f"{last or first}-01")
    if begins is None or ends is None or not begins <= ends <= months_after(begins, _MOST_MONTHS):
        problems.append("Write the month in which supporters began like 2026-11; all are shown.")
        return []
    months = [begins]
    while months[-1] < ends:
        months.append(months_after(months[-1], 1))
    return months


def _after(words: Mapping[str, str], problems: list[str]) -> int | None:
    text = words.get("after")
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) < 4 and int(text) <= _MOST_MONTHS:
        return int(text)
    problems.append(f"Months after the first are a number up to {_MOST_MONTHS}; the period counts.")
    return None


def _day(text: str) -> date | None:
    """None for what is none, or is none that books are kept of."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if EARLIEST <= day <= _LATEST else None
