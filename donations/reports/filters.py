"""What a report is asked for, read from the words of an address or of a command line.

Nothing that anybody types there is an error: what cannot be understood is named in a sentence,
and the usual is shown instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from donations.domain.gifts import Frequency
from donations.domain.periods import Period, local_day, same_day_year_before
from donations.domain.standing import Standing
from donations.reports.filter_words import (
    PRESETS,
    USUAL_PRESET,
    read_currency,
    read_frequency,
    read_known_on,
    read_origin,
    read_period,
    read_status,
    read_zone,
    written_origin,
)

_MOMENT: Final = timedelta(microseconds=1)


class Compare(StrEnum):
    """What a period is set beside."""

    BEFORE = "before"
    """As many days, directly before."""
    YEAR = "year"
    """The same days a year before."""


class Filter(StrEnum):
    """Each by its word in an address. The period has three: `preset`, or `from` and `to`."""

    PERIOD = "period"
    COMPARE = "compare"
    ZONE = "zone"
    CURRENCY = "currency"
    FREQUENCY = "frequency"
    CAMPAIGN = "campaign"
    ARTICLE = "article"
    PLACEMENT = "placement"
    STATUS = "status"
    KNOWN_ON = "known_on"


FILTER_WORDS: Final = frozenset(Filter) - {Filter.PERIOD} | {"preset", "from", "to"}
"""All that `read_filters` reads."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which donations count, and the moment of asking. An origin of '' asks for those that have none."""

    period: Period
    as_of: datetime
    zone: ZoneInfo
    preset: str | None = None
    """The name of the period, where it has one."""
    currency: str | None = None
    frequency: Frequency | None = None
    campaign: str | None = None
    article: str | None = None
    placement: str | None = None
    status: Standing | None = None
    known_on: date | None = None
    """Only what we knew by the end of this day counts; None for all that we know."""
    compare: Compare = Compare.BEFORE
    is_usual_zone: bool = True
    """Whether nobody asked for another zone than that of all reports."""

    @property
    def previous(self) -> Period:
        """The period that this one is compared with."""
        return self.period.previous() if self.compare is Compare.BEFORE else self.period.year_before()

    def counterpart(self, day: date) -> date | None:
        """The day that a day of the period is compared with; a 29 February has none a year before."""
        if self.compare is Compare.YEAR:
            return same_day_year_before(day)
        return day - timedelta(days=len(self.period))

    def pairs(self) -> tuple[tuple[date | None, date | None], ...]:
        """Each day of the period beside the one it is compared with. Each day of either period stands
        there once, so that a table by day adds up to both: a 29 February may stand alone."""
        together = [_Pair(day, self.counterpart(day)) for day in self.period.days()]
        met = {pair.before for pair in together}
        alone = [_Pair(None, day) for day in self.previous.days() if day not in met]
        pairs = sorted((*together, *alone), key=_Pair.place)
        return tuple((pair.day, pair.before) for pair in pairs)

    @property
    def moment(self) -> datetime:
        """The end of the period, or now while it lasts."""
        return min(self.as_of, last_moment(self.period, self.zone))

    @property
    def is_over(self) -> bool:
        """Whether the period had ended at the moment of asking."""
        return self.moment < self.as_of

    @property
    def previous_moment(self) -> datetime:
        return last_moment(self.previous, self.zone)

    def words(self) -> dict[str, str]:
        """The words of an address that asks for the same; what is usual is left out."""
        dates = {"from": self.period.first.isoformat(), "to": self.period.last.isoformat()}
        words = {"preset": self.preset} if self.preset else dates
        written: dict[str, str | None] = {
            Filter.COMPARE: None if self.compare is Compare.BEFORE else self.compare,
            Filter.ZONE: None if self.is_usual_zone else self.zone.key,
            Filter.CURRENCY: self.currency,
            Filter.FREQUENCY: self.frequency,
            Filter.CAMPAIGN: written_origin(self.campaign),
            Filter.ARTICLE: written_origin(self.article),
            Filter.PLACEMENT: written_origin(self.placement),
            Filter.STATUS: self.status,
            Filter.KNOWN_ON: None if self.known_on is None else self.known_on.isoformat(),
        }
        return words | {str(name): str(word) for name, word in written.items() if word is not None}

    def chosen(self) -> frozenset[Filter]:
        """The filters that leave something out, or change what is compared."""
        return frozenset(Filter(name) for name in self.words() if name in set(Filter))


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters as understood, and a sentence for each word that was not."""

    filters: Filters
    problems: tuple[str, ...]


def read_filters(words: Mapping[str, str], as_of: datetime, zone: ZoneInfo) -> Asked:
    """`preset`, or `from` and `to`, and each `Filter` by its name. `zone` is that of all reports."""
    problems: list[str] = []
    there = read_zone(words, zone, problems)
    today = local_day(as_of, there)
    preset, period = read_period(words, today, problems)
    if period is None:
        preset, period = USUAL_PRESET, PRESETS[USUAL_PRESET][1](today)
    filters = Filters(
        period=period,
        as_of=as_of,
        zone=there,
        preset=preset,
        currency=read_currency(words, problems),
        frequency=read_frequency(words, problems),
        campaign=read_origin(words, Filter.CAMPAIGN, problems),
        article=read_origin(words, Filter.ARTICLE, problems),
        placement=read_origin(words, Filter.PLACEMENT, problems),
        status=read_status(words, problems),
        known_on=read_known_on(words, today, problems),
        compare=_read_compare(words, problems),
        is_usual_zone=there.key == zone.key,
    )
    return Asked(filters, tuple(problems))


@dataclass(frozen=True, slots=True)
class _Pair:
    day: date | None
    before: date | None

    def place(self) -> date:
        """Where it stands among the others; a 29 February of the year before comes after its 28th."""
        return self.day or (self.before or date.min) + timedelta(days=365)


def last_moment(period: Period, zone: ZoneInfo) -> datetime:
    """The last instant that still belongs to the period there."""
    return period.bounds(zone)[1] - _MOMENT


def _read_compare(words: Mapping[str, str], problems: list[str]) -> Compare:
    name = words.get(Filter.COMPARE, "").strip()
    if not name or name in set(Compare):
        return Compare(name) if name else Compare.BEFORE
    problems.append("We compare with the days before, or with the same days a year before.")
    return Compare.BEFORE
