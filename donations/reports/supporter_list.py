"""The list of supporters: who gives, how, and when last. Newest gift first.

Those who never paid stand by the day they first tried. It is read from a line of each supporter that
is kept in this order, and counted from sums, so that it costs the same however many there are.
Addresses stay sealed here; whoever shows them opens and masks them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Table, exists, func, select
from sqlalchemy.orm import Session

from donations.domain.gifts import Frequency
from donations.domain.periods import Period, local_day
from donations.domain.standing import Standing
from donations.models import Supporter
from donations.models.insert import table_of
from donations.models.rollups import LastGiftDay, SupporterGiving, SupporterKinds
from donations.models.sql_words import has_word
from donations.reports.filter_words import read_currency, read_frequency, read_period
from donations.reports.paging import PAGE_SIZE, Paged, Place
from donations.reports.supporter_lines import SupporterLine, lines_of
from donations.reports.words import counted

MOST_LISTED: Final = 10_000
"""Pages end there: nobody turns so many, and the further the page, the more would be passed over."""

_DAY: Final = timedelta(days=1)


class Kind(StrEnum):
    """Every supporter is of exactly one of these, but for `all`."""

    ALL = "all"
    RECURRING = "recurring"
    FORMER = "former"
    ONCE = "once"
    NEVER = "never"


KIND_NAMES: Final[Mapping[Kind, str]] = {
    Kind.ALL: "All supporters",
    Kind.RECURRING: "Recurring",
    Kind.FORMER: "Recurring, ended",
    Kind.ONCE: "One-time only",
    Kind.NEVER: "Never paid",
}


@dataclass(frozen=True, slots=True)
class SupporterFilters:
    kind: Kind = Kind.ALL
    standing: Standing | None = None
    currency: str | None = None
    frequency: Frequency | None = None
    last_gift: Period | None = None
    preset: str | None = None

    @property
    def are_any(self) -> bool:
        return self != SupporterFilters(preset=self.preset)

    def words(self) -> dict[str, str]:
        """As they would stand in an address; the period by its days."""
        chosen = {
            "kind": None if self.kind is Kind.ALL else self.kind,
            "standing": self.standing,
            "currency": self.currency,
            "frequency": self.frequency,
        }
        days = (
            {}
            if self.last_gift is None
            else {"from": str(self.last_gift.first), "to": str(self.last_gift.last)}
        )
        return days | {name: str(word) for name, word in chosen.items() if word}


@dataclass(frozen=True, slots=True)
class HowMany:
    """How many supporters the filters leave; where it is not exact, there are more than that."""

    number: int
    is_exact: bool = True

    @property
    def in_words(self) -> str:
        """`101 supporters`, `More than 10,000 supporters`."""
        return f"{'' if self.is_exact else 'More than '}{counted(self.number, 'supporter')}"


def read_supporter_filters(
    words: Mapping[str, str], as_of: datetime, zone: ZoneInfo
) -> tuple[SupporterFilters, tuple[str, ...]]:
    """The filters as understood, and a sentence for each word that was not."""
    problems: list[str] = []
    kind, standing = words.get("kind") or Kind.ALL, words.get("standing") or None
    if kind not in set(Kind):
        problems.append("We do not know that kind of supporter, so all are shown.")
    if standing is not None and standing not in set(Standing):
        problems.append("We do not know that standing, so all are shown.")
    preset, period = read_period(words, local_day(as_of, zone), problems)
    filters = SupporterFilters(
        kind=Kind(kind) if kind in set(Kind) else Kind.ALL,
        standing=Standing(standing) if standing in set(Standing) else None,
        currency=read_currency(words, problems),
        frequency=read_frequency(words, problems),
        last_gift=period,
        preset=preset,
    )
    return filters, tuple(problems)


def count_supporters(session: Session, filters: SupporterFilters) -> HowMany:
    """Exactly, where sums say it; else as far as `MOST_LISTED`."""
    kinds, days = table_of(SupporterKinds), table_of(LastGiftDay)
    if filters.last_gift is None:
        return HowMany(_summed(session, kinds, _described(kinds, filters)))
    if replace(filters, last_gift=None, preset=None, kind=Kind.ALL) == SupporterFilters():
        return HowMany(_summed(session, days, [*_of_kind(days, filters), *_gave_last(days, filters)]))
    some = select(SupporterGiving.supporter_id).where(*giving_conditions(filters)).limit(MOST_LISTED + 1)
    number = session.scalar(select(func.count()).select_from(some.subquery())) or 0
    return HowMany(min(number, MOST_LISTED), is_exact=number <= MOST_LISTED)


def list_supporters(
    session: Session, filters: SupporterFilters, how_many: HowMany, asked_page: int
) -> Paged[SupporterLine]:
    """One page of them. `how_many` is what `count_supporters` found."""
    place = Place.of(asked_page, min(how_many.number, MOST_LISTED))
    if not how_many.number:
        return Paged((), place)
    found = session.execute(
        select(SupporterGiving.supporter_id, SupporterGiving.last_on)
        .where(*giving_conditions(filters))
        .order_by(SupporterGiving.seen_at.desc(), SupporterGiving.supporter_id.desc())
        .limit(PAGE_SIZE)
        .offset(place.offset)
    )
    return Paged(lines_of(session, dict(found.all())), place)


def giving_conditions(filters: SupporterFilters) -> list[ColumnElement[bool]]:
    """What the filters leave, for a query of `SupporterGiving`."""
    table = table_of(SupporterGiving)
    conditions = [*_described(table, filters), *_gave_last(table, filters)]
    if filters.last_gift is not None:
        # They stand in the order of that moment, whose day it is in the zone of the books.
        around = Period(filters.last_gift.first - _DAY, filters.last_gift.last + _DAY)
        begins, ends = around.bounds(ZoneInfo("UTC"))
        conditions += [table.c.seen_at >= begins, table.c.seen_at < ends]
    return conditions


def supporter_conditions(filters: SupporterFilters) -> list[ColumnElement[bool]]:
    """The same, for a query of `Supporter`."""
    conditions = giving_conditions(filters)
    is_theirs = SupporterGiving.supporter_id == Supporter.id
    return [exists().where(is_theirs, *conditions)] if conditions else []


def find_supporters(session: Session, references: Collection[str]) -> tuple[Supporter, ...]:
    """Those that these references name."""
    return tuple(session.scalars(select(Supporter).where(Supporter.reference.in_(references))))


def _of_kind(table: Table[Any], filters: SupporterFilters) -> Iterator[ColumnElement[bool]]:
    if filters.kind is not Kind.ALL:
        yield table.c.kind == filters.kind.value


def _described(table: Table[Any], filters: SupporterFilters) -> Iterator[ColumnElement[bool]]:
    """What kind, currency, frequency and standing leave: the columns are those of lines and of sums."""
    yield from _of_kind(table, filters)
    asked = {
        "currencies": filters.currency,
        "frequencies": filters.frequency,
        "standings": filters.standing,
    }
    for name, word in asked.items():
        if word is not None:
            yield has_word(table.c[name], word)


def _gave_last(table: Table[Any], filters: SupporterFilters) -> Iterator[ColumnElement[bool]]:
    if filters.last_gift is not None:
        yield table.c.last_on.between(filters.last_gift.first, filters.last_gift.last)


def _summed(session: Session, table: Table[Any], conditions: Iterable[ColumnElement[bool]]) -> int:
    return int(session.scalar(select(func.sum(table.c.supporters)).where(*conditions)) or 0)
