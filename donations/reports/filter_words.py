"""How each word of an address is understood, or named in a sentence and left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from donations.domain.currencies import is_known
from donations.domain.gifts import Frequency
from donations.domain.periods import (
    Period,
    last_days,
    last_month,
    last_months,
    last_year,
    this_month,
    this_quarter,
    this_year,
)
from donations.domain.standing import Standing

PRESETS: Final[Mapping[str, tuple[str, Callable[[date], Period]]]] = {
    "last-7-days": ("Last 7 days", lambda today: last_days(today, 7)),
    "last-30-days": ("Last 30 days", lambda today: last_days(today, 30)),
    "this-month": ("This month", this_month),
    "last-month": ("Last month", last_month),
    "this-quarter": ("This quarter", this_quarter),
    "this-year": ("This year", this_year),
    "last-year": ("Last year", last_year),
    "last-12-months": ("Last 12 months", lambda today: last_months(today, 12)),
    "last-3-years": ("Last 3 years", lambda today: last_months(today, 36)),
}
USUAL_PRESET: Final = "last-30-days"
EARLIEST: Final = date(2000, 1, 1)
LONGEST_DAYS: Final = 3 * 366

OTHER_ZONES: Final = ("Europe/Moscow", "UTC")
"""Besides that of all reports."""

NO_ORIGIN: Final = "@none"
"""The word for gifts without a campaign, article or placement: no link can name one so."""
_LONGEST_ORIGIN: Final = 100


def zones_of(usual: ZoneInfo) -> tuple[str, ...]:
    """The zones that reports can be asked in, the usual first."""
    return tuple(dict.fromkeys((usual.key, *OTHER_ZONES)))


def read_zone(words: Mapping[str, str], usual: ZoneInfo, problems: list[str]) -> ZoneInfo:
    name = words.get("zone", "").strip()
    if not name or name in zones_of(usual):
        return ZoneInfo(name) if name else usual
    problems.append(f"Days are counted in {', '.join(zones_of(usual)[:-1])} or UTC, here in {usual.key}.")
    return usual


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


def read_status(words: Mapping[str, str], problems: list[str]) -> Standing | None:
    name = words.get("status", "").strip()
    if not name or name in set(Standing):
        return Standing(name) if name else None
    problems.append("We do not know that status, so all are shown.")
    return None


def read_origin(words: Mapping[str, str], name: str, problems: list[str]) -> str | None:
    """A campaign, article or placement as links name it; '' for none, None where nothing is asked."""
    text = words.get(name, "").strip()
    if text == NO_ORIGIN:
        return ""
    if len(text) <= _LONGEST_ORIGIN and text.isprintable():
        return text or None
    problems.append(f"No {name} has such a name, so all are shown.")
    return None


def written_origin(origin: str | None) -> str | None:
    """The word that `read_origin` reads so."""
    return NO_ORIGIN if origin == "" else origin


def read_known_on(words: Mapping[str, str], today: date, problems: list[str]) -> date | None:
    text = words.get("known_on", "").strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        problems.append("Write the day of “as known on” like 2026-11-22 (year, month, day).")
        return None
    if EARLIEST <= day <= today:
        return day
    when = "is still to come" if day > today else f"is before {EARLIEST.year}"
    problems.append(f"The day of “as known on” {when}, so all that is known today counts.")
    return None


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
