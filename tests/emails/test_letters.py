"""Every kind of letter, in each of its variants and in each language."""

from __future__ import annotations

import re
from html import unescape

import pytest
from bs4 import BeautifulSoup

from donations.emails.registry import KINDS, Write
from donations.emails.samples import sample_letterhead
from donations.languages import Language
from donations.paths import TEMPLATES
from tests.emails.heads import letterhead

MANAGE = "https://support.example/manage"
NAMED_ALIKE = {"The", "Moscow", "Times", "MOSCOW", "TIMES", "Stripe", "PDF", "EUR", "USD"}
WITHHELD = re.compile(r"Moscow|Москв|€|\$|£|donat|пожертв|month|месяц|Russia|Росси", re.IGNORECASE)


def samples(*, but: str | None = None) -> list[object]:
    return [
        pytest.param(write, language, id=f"{kind.slug}-{variant}-{language}")
        for kind in KINDS.values()
        if kind.slug != but
        for variant, write in kind.samples.items()
        for language in Language
    ]


def page_of(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def shown(html: str) -> str:
    body = page_of(html).body
    assert body is not None
    return " ".join(body.get_text(" ").split())


every_letter = pytest.mark.parametrize(("write", "language"), samples())


def test_every_module_that_writes_has_its_template_and_its_place() -> None:
    templates = {path.stem for path in (TEMPLATES / "emails").glob("*.mjml")} - {"letter", "words"}

    assert templates == set(KINDS)
    assert len(KINDS) == 14


@every_letter
def test_it_is_written_out_in_both_parts(write: Write, language: Language) -> None:
    written = write(sample_letterhead(language))

    assert written.subject
    for part in (written.subject, written.text, written.html):
        assert not re.search(r"\{\{|\}\}|\{%|%\(|None|Undefined|<mj-|&lt;", part)
    assert "<" not in written.text
    assert written.text.endswith("\n")
    assert "\n\n\n" not in written.text


@every_letter
def test_no_line_of_text_is_long_but_for_an_address(write: Write, language: Language) -> None:
    lines = write(sample_letterhead(language)).text.splitlines()

    assert [line for line in lines if len(line) > 72 and "https://" not in line] == []


@every_letter
def test_the_html_says_what_the_text_says(write: Write, language: Language) -> None:
    written = write(sample_letterhead(language))
    html = unescape(shown(written.html))

    for paragraph in written.text.split("\n\n"):
        words = " ".join(paragraph.split())
        if "https://" not in words and ":  " not in paragraph and "===" not in words and "@" not in words:
            assert words in html


@every_letter
def test_every_link_of_the_html_stands_in_the_text(write: Write, language: Language) -> None:
    written = write(sample_letterhead(language))

    links = {str(link["href"]).removeprefix("mailto:") for link in page_of(written.html).find_all("a")}
    assert links
    assert {link for link in links if link not in written.text} == set()


@every_letter
def test_nothing_is_loaded_when_it_is_opened(write: Write, language: Language) -> None:
    page = page_of(write(sample_letterhead(language)).html)

    assert page.select("img, script, link, iframe, [src], [background]") == []
    assert not re.search(r"url\(|@import|@font-face", str(page))


@every_letter
def test_a_screen_reader_is_told_the_language_and_what_is_no_table(write: Write, language: Language) -> None:
    page = page_of(write(sample_letterhead(language)).html)

    assert page.html is not None
    assert page.html["lang"] == language.value
    assert len(page.find_all("h1")) == 1
    assert [table for table in page.find_all("table") if not table.get("role") and not table.find("th")] == []


@every_letter
def test_what_shows_on_a_locked_screen_says_little(write: Write, language: Language) -> None:
    written = write(sample_letterhead(language))

    preview = page_of(written.html).select_one("body > div")
    assert preview is not None
    assert preview.get_text(strip=True)
    for line in (written.subject, preview.get_text()):
        assert WITHHELD.search(line) is None
    # No client goes on with the letter itself behind a short preview.
    assert len(preview.get_text()) > 200


@every_letter
def test_by_choice_all_kinds_look_the_same_until_they_are_opened(write: Write, language: Language) -> None:
    written = write(sample_letterhead(language, is_neutral=True))

    other = KINDS["manage_link"].samples["half-an-hour"](sample_letterhead(language, is_neutral=True))
    plain = write(sample_letterhead(language))
    assert written.subject == other.subject != plain.subject
    page = page_of(written.html)
    assert page.title is not None
    assert page.title.text == written.subject
    preview = page.select_one("body > div")
    assert preview is not None
    assert preview.get_text()[:20] == written.text[:20] == other.text[:20]
    assert plain.text in written.text


@every_letter
def test_it_is_in_one_language(write: Write, language: Language) -> None:
    written = write(sample_letterhead(language))

    words = re.sub(r"\S+[@/]\S+", "", f"{written.subject}\n{shown(written.html)}\n{written.text}")
    strange = r"[А-Яа-яЁё]+" if language is Language.ENGLISH else r"\b[A-Za-z]{2,}\b"
    assert set(re.findall(strange, words)) <= NAMED_ALIKE


@pytest.mark.parametrize(("write", "language"), samples(but="manage_link"))
def test_a_letter_leads_to_where_gifts_are_managed(write: Write, language: Language) -> None:
    written = write(sample_letterhead(language))

    assert MANAGE in written.text
    assert page_of(written.html).select(f'a[href^="{MANAGE}"]')


@every_letter
def test_a_name_is_words_and_never_markup(write: Write, language: Language) -> None:
    head = letterhead(language=language, name="Nina <b>#x</b> & “{{ 7 * 7 }}”\nBcc: %(x)s")

    written = write(head)

    assert "Nina <b>#x</b> & “{{ 7 * 7 }}” Bcc: %(x)s" in " ".join(written.text.split())
    assert "Nina <b>#x</b> & “{{ 7 * 7 }}” Bcc: %(x)s" in shown(written.html)
    assert page_of(written.html).find("b") is None


@pytest.mark.parametrize("language", Language)
def test_without_a_name_it_is_addressed_all_the_same(language: Language) -> None:
    written = KINDS["receipt"].samples["once"](letterhead(language=language, name=None))

    assert "None" not in written.text
    assert written.text.splitlines()[3].endswith((",", "!"))
