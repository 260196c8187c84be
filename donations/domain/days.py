"""Days as a sentence writes them in its language. Pages, letters and documents write them alike."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from babel.dates import format_date

from donations.domain.written import locale_of

# In Russian a day without the word for "year" ends its sentence as if something were left out.
_YEAR_WORDS: Final[Mapping[str, str]] = {"ru": " 'года'"}


def format_day(day: date, locale: str) -> str:
    """`22 November 2026`; `22 ноября 2026 года`."""
    return _written(day, "d MMMM y", locale)


def format_month(day: date, locale: str) -> str:
    """The month of a day, as it stands after "the end of": `November 2026`; `ноября 2026 года`."""
    return _written(day, "MMMM y", locale)


def _written(day: date, pattern: str, locale: str) -> str:
    language = locale_of(locale)
    return format_date(day, pattern + _YEAR_WORDS.get(language.language, ""), language)
