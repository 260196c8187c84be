"""Money and days as a letter writes them in its language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from babel.dates import format_date

from donations.domain.amounts import format_money
from donations.domain.money import Money
from donations.languages import Language

# In Russian a day without the word for "year" ends its sentence as if something were left out.
_DAY: Final[Mapping[Language, str]] = {
    Language.ENGLISH: "d MMMM y",
    Language.RUSSIAN: "d MMMM y 'года'",
}
_MONTH: Final[Mapping[Language, str]] = {
    Language.ENGLISH: "MMMM y",
    Language.RUSSIAN: "MMMM y 'года'",
}


def money(value: Money, language: Language) -> str:
    """`€10.41`; `10,41 €`."""
    return format_money(value, language.value)


def day(value: date, language: Language) -> str:
    """`22 November 2026`; `22 ноября 2026 года`."""
    return format_date(value, _DAY[language], language.value)


def month(value: date, language: Language) -> str:
    """The month of a day, as it stands after "the end of": `November 2026`; `ноября 2026 года`."""
    return format_date(value, _MONTH[language], language.value)
