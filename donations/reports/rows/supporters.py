"""The supporters behind a figure: each by their reference, with how and when they give."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from donations.domain.periods import day_bounds
from donations.models import Supporter
from donations.models.insert import table_of
from donations.models.rollups import SupporterGiving, SupporterKind, SupporterYear
from donations.reports.filters import Filter, Filters
from donations.reports.giving_definitions import KIND, YEARS
from donations.reports.giving_groups import Group, is_in
from donations.reports.rows.page import Keys, RowsPage, Source, read_all, read_page
from donations.reports.supporter_list import KIND_NAMES, Kind
from donations.reports.table import Column, ColumnKind, Row

APPLIES: Final = frozenset[Filter]()
WORDS: Final = frozenset({"group", "year", "kind", "last_from", "last_to"})

_LATEST_YEAR: Final = 9998
_UTC: Final = ZoneInfo("UTC")
_DAY: Final = timedelta(days=1)
_COLUMNS: Final = (
    Column("supporter", "Supporter", ColumnKind.SUPPORTER),
    Column("kind", "Kind", ColumnKind.TEXT),
    Column("first_on", "First gift", ColumnKind.DAY),
    Column("last_on", "Last gift", ColumnKind.DAY),
    Column("donations", "Donations", ColumnKind.COUNT),
)


def run(session: Session, _filters: Filters, words: Mapping[str, str], page: int) -> RowsPage:
    """One page. `group` is one of `Group`, and `year` its year; `kind` names kinds with commas between
    them; `last_from` and `last_to` are days of the last gift."""
    return read_page(session, _source(words), page)


def stream(session: Session, _filters: Filters, words: Mapping[str, str]) -> Generator[Row]:
    """All of them."""
    return read_all(session, _source(words))


def _source(words: Mapping[str, str]) -> Source:
    asked = _Asked.of(words)
    keys = _keys(asked)
    query = (
        select(
            Supporter.reference,
            SupporterGiving.kind,
            SupporterGiving.first_on,
            SupporterGiving.last_on,
            SupporterGiving.donations,
        )
        .select_from(SupporterGiving)
        .join(Supporter, Supporter.id == SupporterGiving.supporter_id)
        .where(*asked.of_giving)
    )
    if asked.of_year is not None:
        of_year = SupporterYear.supporter_id == SupporterGiving.supporter_id
        query = query.join(SupporterYear, of_year).where(asked.of_year)
    return Source(
        slug="supporters",
        title="Supporters",
        noun="supporter",
        columns=_COLUMNS,
        query=query.order_by(*asked.order()),
        row=_row,
        definitions=(KIND, YEARS),
        problems=tuple(asked.problems),
        keys=Keys(SupporterGiving.supporter_id, keys.order_by(*asked.order())),
    )


@dataclass(slots=True)
class _Asked:
    """The words as understood."""

    of_giving: list[ColumnElement[bool]] = field(default_factory=list[ColumnElement[bool]])
    of_year: ColumnElement[bool] | None = None
    problems: list[str] = field(default_factory=list[str])

    @classmethod
    def of(cls, words: Mapping[str, str]) -> _Asked:
        asked = cls()
        asked.of_giving += [*asked.kinds(words), *asked.days(words)]
        group, year = words.get("group"), _year(words.get("year", ""))
        if group in set(Group) and year is not None:
            asked.of_year = is_in(Group(group), year, table_of(SupporterYear))
        elif group or words.get("year"):
            asked.problems.append("We do not know that group of supporters or its year, so all are shown.")
        return asked

    def order(self) -> tuple[ColumnElement[Any], ...]:
        """One that an index has."""
        if self.of_year is not None:
            of_year = (SupporterYear.year, SupporterYear.previous_year, SupporterYear.next_year)
            return tuple(each.desc() for each in (*of_year, SupporterYear.supporter_id))
        return (SupporterGiving.seen_at.desc(), SupporterGiving.supporter_id.desc())

    def kinds(self, words: Mapping[str, str]) -> Iterator[ColumnElement[bool]]:
        kinds = words["kind"].split(",") if words.get("kind") else []
        if set(kinds) <= set(SupporterKind):
            if kinds:
                yield SupporterGiving.kind.in_(kinds)
        else:
            self.problems.append("We do not know that kind of supporter, so all are shown.")

    def days(self, words: Mapping[str, str]) -> Iterator[ColumnElement[bool]]:
        first, last = (self.day(words.get(name, "")) for name in ("last_from", "last_to"))
        if first is not None:
            yield SupporterGiving.last_on >= first
        if last is not None:
            yield SupporterGiving.last_on <= last
            # They stand in the order of that moment, which is of this day, or of the next one in UTC.
            yield SupporterGiving.seen_at < day_bounds(last, _UTC)[1] + _DAY

    def day(self, text: str) -> date | None:
        if not text:
            return None
        day = _day(text)
        if day is None:
            self.problems.append("Write the days of the last gift like 2026-11-22; all are shown.")
        return day


def _keys(asked: _Asked) -> Select[*tuple[Any, ...]]:
    """A supporter has one line of a year at most."""
    if asked.of_year is None:
        return select(SupporterGiving.supporter_id).where(*asked.of_giving)
    of_year = select(SupporterYear.supporter_id).where(asked.of_year)
    if not asked.of_giving:
        return of_year
    giving = SupporterGiving.supporter_id == SupporterYear.supporter_id
    return of_year.join(SupporterGiving, giving).where(*asked.of_giving)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year <= _LATEST_YEAR else None


def _year(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text) <= _LATEST_YEAR else None


def _row(found: Any) -> Row:
    reference, kind, first_on, last_on, donations = found
    return (reference, KIND_NAMES[Kind(kind)], first_on, last_on, donations)
