"""The languages that readers are spoken to in, and what each sentence is in them.

English is the source: every sentence stands in the code in English, and a catalogue says what it is
in another language. Catalogues are read from their .po files at the start, so that what translators
edit is what is shown, with no compiled copy beside it to fall behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from donations.domain.periods import ordinal

CATALOGUES: Final = Path(__file__).parent / "translations"


class Language(StrEnum):
    """The values stand in links, cookies and rows, and are CLDR's names of the locales."""

    ENGLISH = "en"
    RUSSIAN = "ru"


SOURCE: Final = Language.ENGLISH
NAMES: Final[Mapping[Language, str]] = MappingProxyType(
    {Language.ENGLISH: "English", Language.RUSSIAN: "Русский"}
)
"""Each as its own speakers call it."""


def language_of(tag: str | None) -> Language:
    """The language of a tag such as `ru-RU` or `en_GB`; English where we don't speak it."""
    return find_language(tag) or SOURCE


def find_language(tag: str | None) -> Language | None:
    """The language of a tag; None where we don't speak it."""
    wanted = (tag or "").replace("_", "-").partition("-")[0].lower()
    return Language(wanted) if wanted in set(Language) else None


@lru_cache(maxsize=len(Language))
def catalogue_of(language: Language) -> NullTranslations:
    """What sentences are in this language. One that is missing there stays English."""
    if language is SOURCE:
        return NullTranslations()
    path = CATALOGUES / language.value / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        messages = read_po(file, locale=language.value)
    compiled = BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return Translations(compiled)


def day_of_month(day: int, language: Language) -> str:
    """The day as in "on the 22nd of each month"; in Russian as in "22-го числа каждого месяца"."""
    return f"{day}-го" if language is Language.RUSSIAN else ordinal(day)
