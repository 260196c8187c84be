"""Sentences are found in the reader's language, and stay English where they have no other."""

from __future__ import annotations

import pytest

from donations.languages import Language, catalogue_of, day_of_month, find_language, language_of


@pytest.mark.parametrize(
    ("tag", "language"),
    [("ru", "ru"), ("ru-RU", "ru"), ("RU_ru", "ru"), ("en-GB", "en"), ("de", "en"), ("", "en"), (None, "en")],
)
def test_a_tag_leads_to_a_language_that_we_speak(tag: str | None, language: str) -> None:
    assert language_of(tag) is Language(language)


def test_a_tag_of_a_language_that_we_do_not_speak_finds_none() -> None:
    assert find_language("de-DE") is None


@pytest.mark.parametrize("language", list(Language))
def test_a_sentence_that_nobody_translated_stays_english(language: Language) -> None:
    assert catalogue_of(language).gettext("Nobody translated this.") == "Nobody translated this."


@pytest.mark.parametrize(
    ("day", "english", "russian"), [(1, "1st", "1-го"), (22, "22nd", "22-го"), (31, "31st", "31-го")]
)
def test_a_day_of_each_month_is_written_as_its_language_does(day: int, english: str, russian: str) -> None:
    assert day_of_month(day, Language.ENGLISH) == english
    assert day_of_month(day, Language.RUSSIAN) == russian
