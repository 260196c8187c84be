"""Every sentence that readers see has its translation, with the same values and markup in it."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

from donations.languages import CATALOGUES, SOURCE, Language

ROOT = Path(__file__).parent.parent
TRANSLATED = [each for each in Language if each is not SOURCE]
PLACE = re.compile(r"%\(\w+\)[sd]|%%")
VOID = {"br", "hr", "img", "wbr"}


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What stands in the code and the templates now, taken as `make words` takes it."""
    target = tmp_path_factory.mktemp("words") / "words.pot"
    options = ["-F", str(ROOT / "pyproject.toml"), "--ignore-dirs", ".*", "--no-location", "-o", str(target)]
    folders = [str(ROOT / "donations"), str(ROOT / "templates")]
    CommandLineInterface().run(["pybabel", "--quiet", "extract", *options, *folders])
    with target.open("rb") as file:
        return read_po(file)


@cache
def translated(language: Language) -> Catalog:
    with (CATALOGUES / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def sentences(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def keys(catalog: Catalog) -> set[str]:
    return {forms(message.id)[0] for message in sentences(catalog)}


def forms(text: str | list[str] | tuple[str, ...]) -> list[str]:
    """A sentence, or each of its forms where it counts."""
    return [text] if isinstance(text, str) else list(text)


def places(text: str) -> set[str]:
    return set(PLACE.findall(text))


class Tags(HTMLParser):
    """The tags of a text with their attributes; `is_balanced` where each is closed in its turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.is_balanced = True
        self._open: list[str] = []
        self.feed(text)
        self.close()
        self.is_balanced = self.is_balanced and not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(self.get_starttag_text() or tag)
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.is_balanced = self.is_balanced and bool(self._open) and self._open.pop() == tag


def test_sentences_are_found_wherever_readers_are_spoken_to(extracted: Catalog) -> None:
    found = keys(extracted)

    assert {
        "How would you like to give?",
        "There is a problem",
        "This form was open for a long time. Please check your choices and send it again.",
        "Enter an amount of %(least)s or more",
        "Your card is about to expire",
        "It works once, and for %(num)d minute.",
        "Questions? Write to us",
        "%(amount)s every month",
        "About your account",
        "No goods or services were provided in return for this donation.",
        "Is this document genuine?",
    } <= found


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_catalogue_holds_the_sentences_of_the_pages_and_no_others(
    extracted: Catalog, language: Language
) -> None:
    assert keys(translated(language)) == keys(extracted), "run `make words`, then translate"


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated_for_certain(language: Language) -> None:
    catalog = translated(language)

    untranslated = [each.id for each in sentences(catalog) if not all(forms(each.string)) or each.fuzzy]
    incomplete = [
        each.id
        for each in sentences(catalog)
        if each.pluralizable and len(forms(each.string)) != catalog.num_plurals
    ]
    assert (untranslated, incomplete) == ([], [])


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_places_of_its_sentence(language: Language) -> None:
    wrong = [
        (message.id, text)
        for message in sentences(translated(language))
        for text in forms(message.string)
        if places(text) != places(forms(message.id)[-1]) or "%" in PLACE.sub("", text)
    ]

    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_markup_is_whole_in_a_sentence_and_the_same_in_its_translation(language: Language) -> None:
    for message in sentences(translated(language)):
        for text in forms(message.id) + forms(message.string):
            assert Tags(text).is_balanced, text
            assert Tags(text).found == Tags(forms(message.id)[0]).found, text


@pytest.mark.parametrize(
    ("text", "is_balanced"),
    [("<b>a</b>", True), ("<b>a", False), ("a</b>", False), ("<b><i>a</b></i>", False), ("a<br>b", True)],
)
def test_markup_left_open_is_seen(text: str, is_balanced: bool) -> None:
    assert Tags(text).is_balanced is is_balanced
