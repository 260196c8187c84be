"""What a report is asked for, read from the words of an address or of a command line.

Nothing that anybody types there is an error: what cannot be understood is named in a sentence,
and the usual is shown instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from donations.domain.currencies import is_known
from donations.domain.gifts import Frequency
from donations.domain.periods import Period, last_days, last_month, local_day, this_month, this_year

PRESETS: Final[Mapping[str, tuple[str, Callable[[date], Period]]]] = {
    "last-7-days": ("Last 7 days", lambda today: last_days(today, 7)),
    "last-30-days": ("Last 30 days", lambda today: last_days(today, 30)),
    "this-month": ("This month", this_month),
    "last-month": ("Last month", last_month),
    "this-year": ("This year", this_year),
}
USUAL_PRESET: Final = "last-30-days"
EARLIEST: Final = date(2000, 1, 1)
LONGEST_DAYS: Final = 3 * 366
_MOMENT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which donations count, and the moment of asking."""

    period: Period
    as_of: datetime
    zone: ZoneInfo
    preset: str | None = None
    """The name of the period, where it has one."""
    currency: str | None = None
    frequency: Frequency | None = None

    @property
    def previous(self) -> Period:
        """As many days, directly before."""
        return self.period.previous()

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


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters as understood, and a sentence for each word that was not."""

    filters: Filters
    problems: tuple[str, ...]


def read_filters(words: Mapping[str, str], as_of: datetime, zone: ZoneInfo) -> Asked:
    """`preset`, or `from` and `to`; `currency`; `frequency`."""
    problems: list[str] = []
    today = local_day(as_of, zone)
    preset, period = read_period(words, today, problems)
    if period is None:
        preset, period = USUAL_PRESET, PRESETS[USUAL_PRESET][1](today)
    currency, frequency = read_currency(words, problems), read_frequency(words, problems)
    return Asked(Filters(period, as_of, zone, preset, currency, frequency), tuple(problems))


def read_period(
    words: Mapping[str, str], today: date, problems: list[str]
) -> tuple[str | None, Period | None]:
    """The period asked for and its preset's name; no period where none was asked for or understood."""
    if words.get("from") or words.get("to"):
        return None, _dates(words, today, problems)
    preset = words.get("preset") or None
    if preset is None or preset == "all":
        return preset, None
    if preset not in PRESETS:
        problems.append("We do not know that period.")
        return None, None
    return preset, PRESETS[preset][1](today)


def read_currency(words: Mapping[str, str], problems: list[str]) -> str | None:
    code = words.get("currency", "").strip().lower()
    if not code or is_known(code):
        return code or None
    problems.append("We do not know that currency, so all are shown.")
    return None


def read_frequency(words: Mapping[str, str], problems: list[str]) -> Frequency | None:
    name = words.get("frequency", "").strip()
    if not name or name in set(Frequency):
        return Frequency(name) if name else None
    problems.append("We do not know that frequency, so all are shown.")
    return None


def last_moment(period: Period, zone: ZoneInfo) -> datetime:
    """The last instant that still belongs to the period there."""
    return period.bounds(zone)[1] - _MOMENT


def _dates(words: Mapping[str, str], today: date, problems: list[str]) -> Period | None:
    try:
        last = date.fromisoformat(words["to"].strip()) if words.get("to") else today
        first = date.fromisoformat(words["from"].strip()) if words.get("from") else last
    except ValueError:
        problems.append("Write dates like 2026-11-22 (year, month, day).")
        return None
    if last > today:
        last = today
        problems.append("The period ends today: days to come have no figures yet.")
    problem = _problem_of(first, last, today)
    if problem is not None:
        problems.append(problem)
        return None
    return Period(first, last)


def _problem_of(first: date, last: date, today: date) -> str | None:
    if first > today:
        return "The first day is still to come."
    if last < first:
        return "The first day must not be after the last."
    if first < EARLIEST:
        return f"Choose a first day from {EARLIEST.year} on."
    if (last - first).days >= LONGEST_DAYS:
        return "Choose at most three years at once."
    return None
