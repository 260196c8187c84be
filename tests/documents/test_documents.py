"""Receipts and statements as PDF: what they say is read back, and a screen reader can read it too."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from donations.documents.publisher import Publisher
from donations.documents.receipt import receipt_pdf
from donations.documents.samples import PUBLISHER, RECEIPT, STATEMENT
from donations.documents.typesetting import NotPrintable
from donations.documents.yearly_statement import StatementLine, statement_pdf
from donations.domain.gifts import Frequency
from donations.domain.money import Money
from donations.languages import Language


def read(pdf: bytes) -> PdfReader:
    return PdfReader(BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    words = " ".join(page.extract_text() for page in read(pdf).pages)
    return " ".join(words.split())


def receipt(language: Language = Language.ENGLISH, **fields: Any) -> bytes:
    return receipt_pdf(replace(RECEIPT, **fields), PUBLISHER, language)


def tags_of(pdf: bytes) -> set[str]:
    def walk(node: Any) -> list[str]:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            return [tag for child in node for tag in walk(child)]
        if not isinstance(node, dict):
            return []
        own = [str(node["/S"])] if "/S" in node else []
        return own + walk(node.get("/K", []))

    return set(walk(read(pdf).trailer["/Root"]["/StructTreeRoot"]))


@pytest.mark.parametrize(
    "fact",
    [
        "Receipt for a donation",
        "2026-004217",
        "22 November 2026",
        "€10 (EUR)",
        "Every month",
        "Nina Weber",
        "c0OqYwV3tqJpX1s8m2KfZA",
        "MOSCOW TIMES",
        "No goods or services were provided in return for this donation.",
        "7Q2M-KX4D-90BT-HZ3E",
        "https://support.example/verify",
        "Amsterdam",
    ],
)
def test_a_receipt_can_be_read_back(fact: str) -> None:
    assert fact in text_of(receipt())


def test_a_receipt_in_russian_writes_days_and_money_the_russian_way() -> None:
    text = text_of(receipt(Language.RUSSIAN, name="Нина Вебер", amount=Money(1041, "eur")))

    assert "Нина Вебер" in text
    assert "22 ноября 2026 года" in text
    assert "10,41 €" in text


def test_a_document_in_russian_has_no_english_in_it() -> None:
    statement = statement_pdf(replace(STATEMENT, name=None), PUBLISHER, Language.RUSSIAN)

    for pdf in (receipt(Language.RUSSIAN, name=None), statement):
        text = text_of(pdf).replace(PUBLISHER.address, "").replace(PUBLISHER.verify_url, "")
        words = set(re.findall(r"\b[A-Za-z]{2,}\b", text))
        assert words <= {"The", "Moscow", "Times", "MOSCOW", "TIMES", "EUR", "USD"}


def test_without_a_name_nobody_is_named() -> None:
    assert "Given by" in text_of(receipt())
    assert "Given by" not in text_of(receipt(name=None))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", ["receipt", "statement"])
def test_a_screen_reader_finds_language_title_and_structure(kind: str, language: Language) -> None:
    pdf = receipt(language) if kind == "receipt" else statement_pdf(STATEMENT, PUBLISHER, language)

    root: Any = read(pdf).trailer["/Root"]
    metadata = read(pdf).metadata
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"] == language.value
    assert "/StructTreeRoot" in root
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert metadata is not None
    assert (RECEIPT if kind == "receipt" else STATEMENT).number in (metadata.title or "")
    assert b"pdfuaid:part" in root["/Metadata"].get_object().get_data()
    assert {"/H1", "/H2", "/P", "/Link"} <= tags_of(pdf)
    assert ({"/Table", "/TH", "/TD"} <= tags_of(pdf)) is (kind == "statement")


@pytest.mark.parametrize(
    "name", ["#set text(red) *b* $x$ @a <b> `c`", '"]; #panic("x")', "// Nina /* W */", "{{ 7 * 7 }} \\u{41}"]
)
def test_a_name_is_set_as_it_stands(name: str) -> None:
    assert name in text_of(receipt(name=name))


@pytest.mark.parametrize("name", ["李小龙", "🎉 Nina", "A\x00B"])
def test_a_name_that_our_fonts_lack_does_not_keep_the_receipt_back(name: str) -> None:
    text = text_of(receipt(name=name))

    assert "2026-004217" in text
    assert "Given by" not in text


def test_what_we_ourselves_cannot_print_is_a_fault() -> None:
    publisher = Publisher("李", "Amsterdam", "https://support.example/verify")

    with pytest.raises(NotPrintable):
        receipt_pdf(RECEIPT, publisher, Language.ENGLISH)


def test_the_same_receipt_is_the_same_bytes() -> None:
    assert receipt() == receipt()


def test_only_embedded_fonts_are_used() -> None:
    fonts: set[str] = set()
    for page in read(receipt(Language.RUSSIAN)).pages:
        resources: Any = page["/Resources"]
        fonts |= {str(font.get_object()["/BaseFont"]) for font in resources["/Font"].values()}

    assert fonts
    assert all("Libertinus" in font or "DejaVu" in font for font in fonts)


def test_files_are_named_by_their_numbers() -> None:
    assert RECEIPT.filename == "receipt-2026-004217.pdf"
    assert STATEMENT.filename == "statement-2026-S000312.pdf"


def test_a_statement_lists_every_charge_and_sums_each_currency_for_itself() -> None:
    text = text_of(statement_pdf(STATEMENT, PUBLISHER, Language.ENGLISH))

    for fact in ("Donations in 2026", "2026-S000312", "9 January 2027", "Nina Weber"):
        assert fact in text
    assert "EUR €120 €4 €116 3HJ8-0WQN-V5TC-2RKX" in text
    assert "USD $50.41 $0 $50.41 B6F1-9YDM-S47G-XP0A" in text
    assert "22 August 2026 2026-003876 Every month €10 €4" in text
    assert "24 December 2026 – One time $50.41 –" in text


def test_a_long_statement_goes_on_overleaf_with_its_columns_named_again() -> None:
    line = StatementLine(date(2026, 1, 1), "2026-1", Frequency.ONCE, Money(100, "eur"), Money(0, "eur"))

    pages = read(statement_pdf(replace(STATEMENT, lines=(line,) * 90), PUBLISHER, Language.ENGLISH)).pages

    assert len(pages) > 2
    assert all("Refunded" in page.extract_text() for page in pages)
    assert f"Page 2 / {len(pages)}" in pages[1].extract_text()
