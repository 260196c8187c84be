"""The hours behind a figure of visits: how often pages were sent in each, and where readers came from."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from donations.domain.conversion import Step
from donations.domain.periods import local_day
from donations.models import VisitHour
from donations.reports.conversion import APPEAL, SUPPORT
from donations.reports.filter_words import read_origin
from donations.reports.filters import Filter, Filters
from donations.reports.rows.page import RowsPage, Source, read_all, read_page
from donations.reports.table import Column, ColumnKind, Row

APPLIES: Final = frozenset({Filter.PERIOD, Filter.ZONE, Filter.CAMPAIGN, Filter.ARTICLE, Filter.PLACEMENT})
STEP: Final = "step"
VARIANT: Final = "variant"
WORDS: Final = frozenset({STEP, VARIANT})
NAME_COLUMNS: Final = (
    Column("campaign", "Campaign", ColumnKind.TEXT),
    Column("article", "Article", ColumnKind.TEXT),
    Column("placement", "Placement", ColumnKind.TEXT),
    Column("variant", "Variant", ColumnKind.TEXT),
)

_PAGES: Final = {Step.APPEAL: APPEAL, Step.SUPPORT: SUPPORT}
_COLUMNS: Final = (
    Column("day", "Day", ColumnKind.DAY),
    Column("hour", "Hour from", ColumnKind.TEXT),
    Column("step", "Page", ColumnKind.TEXT),
    *NAME_COLUMNS,
    Column("number", "Number", ColumnKind.COUNT),
)


def run(session: Session, filters: Filters, words: Mapping[str, str], page: int) -> RowsPage:
    """One page. `step` is appeal or support, `variant` a name."""
    return read_page(session, _source(filters, words), page)


def stream(session: Session, filters: Filters, words: Mapping[str, str]) -> Generator[Row]:
    """All of them."""
    return read_all(session, _source(filters, words))


def names_asked(
    filters: Filters, words: Mapping[str, str], table: Any, problems: list[str]
) -> Iterator[ColumnElement[bool]]:
    """What narrows the columns `campaign`, `article`, `placement` and `variant` of `table`."""
    wished = {
        "campaign": filters.campaign,
        "article": filters.article,
        "placement": filters.placement,
        VARIANT: read_origin(words, VARIANT, problems),
    }
    return (getattr(table, name) == word for name, word in wished.items() if word is not None)


def at_hour(instant: datetime, zone: ZoneInfo) -> str:
    """`14:00`."""
    return f"{instant.astimezone(zone):%H:%M}"


def _source(filters: Filters, words: Mapping[str, str]) -> Source:
    problems: list[str] = []
    begins, ends = filters.period.bounds(filters.zone)
    query = (
        select(
            VisitHour.hour_at,
            VisitHour.step,
            VisitHour.campaign,
            VisitHour.article,
            VisitHour.placement,
            VisitHour.variant,
            VisitHour.number,
        )
        .where(
            VisitHour.hour_at >= begins,
            VisitHour.hour_at < ends,
            VisitHour.step.in_(_steps(words, problems)),
            *names_asked(filters, words, VisitHour, problems),
        )
        .order_by(VisitHour.hour_at.desc(), VisitHour.id.desc())
    )
    return Source(
        slug="visits",
        title="Pages sent",
        noun="hour",
        columns=_COLUMNS,
        query=query,
        row=lambda found: _row(found, filters.zone),
        amount=VisitHour.number,
        definitions=tuple(_PAGES.values()),
        problems=tuple(problems),
    )


def _steps(words: Mapping[str, str], problems: list[str]) -> tuple[Step, ...]:
    name = words.get(STEP)
    if name in set(_PAGES):
        return (Step(name),)
    if name:
        problems.append("We do not know that page, so both are shown.")
    return tuple(_PAGES)


def _row(found: Any, zone: ZoneInfo) -> Row:
    hour_at, step, *names, number = found
    return local_day(hour_at, zone), at_hour(hour_at, zone), _PAGES[step].term, *_named(names), number


def _named(names: list[str]) -> list[str | None]:
    return [name or None for name in names]
