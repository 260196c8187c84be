"""XLSX as the programs read it that people open it with: numbers are numbers, and nothing is a formula."""

from __future__ import annotations

import csv
import shutil
import subprocess
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, time
from fractions import Fraction
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from donations.domain.money import Money
from donations.reports import workbook, xlsx
from donations.reports.feed import Feed
from donations.reports.table import Column, ColumnKind, Definition, Report, Table
from donations.reports.workbook_cells import column_letters
from donations.reports.workbook_parts import sheet_name
from tests.reports.feeds import DAY, FIELDS, SMALL, Endless, feed_of

COLUMNS = (
    Column("day", "Day", ColumnKind.DAY),
    Column("campaign", "Campaign", ColumnKind.TEXT),
    Column("currency", "Currency", ColumnKind.CURRENCY),
    Column("gross", "Gross", ColumnKind.MONEY),
    Column("donations", "Donations", ColumnKind.COUNT),
    Column("change", "Change", ColumnKind.PERCENT),
)
MIDNIGHT = datetime.combine(DAY, time.min)
TABLE = Table(
    "days",
    "By day: all",
    "A sentence.",
    COLUMNS,
    (
        (DAY, "=1+1", "eur", Money(-124050, "eur"), 1204, Fraction(-1, 3)),
        (DAY, ' <two> & "three"\nlines ', "jpy", Money(500, "jpy"), 0, None),
        (DAY, "\u200b+7", "kwd", Money(1_234_567_891, "kwd"), -5, Fraction(1, 8)),
    ),
    notes=("A note.",),
    definitions=(Definition("Gross", "What was given."),),
)
REPORT = Report("test", "Test", "=All of it.", (("Period", "22 November 2026"),), (TABLE,))


def opened(pieces: Iterable[bytes]) -> Workbook:
    return load_workbook(BytesIO(b"".join(pieces)))


def values(book: Workbook, sheet: str) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in book[sheet].iter_rows()]


def test_a_report_is_its_summary_its_rows_and_what_they_mean() -> None:
    book = opened(xlsx.stream_report(REPORT))

    assert book.sheetnames == ["Summary", "Rows", "Definitions"]
    assert values(book, "Summary") == [
        ["Test", None],
        [None, None],
        ["Period", "22 November 2026"],
        [None, None],
        ["In short", "=All of it."],
        ["By day: all", "A sentence."],
        ["Note", "A note."],
    ]
    assert values(book, "Definitions") == [["Figure", "What it means"], ["Gross", "What was given."]]
    assert book.properties.title == "Test"


def test_numbers_are_numbers_with_the_decimals_of_their_currency() -> None:
    rows = list(opened(xlsx.stream_report(REPORT))["Rows"].iter_rows())

    assert [cell.value for cell in rows[0]] == [column.label for column in COLUMNS]
    shown = [[(cell.value, cell.number_format) for cell in row[3:]] for row in rows[1:]]
    assert shown == [
        [(-1240.5, "#,##0.00"), (1204, "#,##0"), (-1 / 3, "0.0%")],
        [(500, "#,##0"), (0, "#,##0"), (None, "General")],
        [(1234567.891, "#,##0.000"), (-5, "#,##0"), (0.125, "0.0%")],
    ]
    assert {cell.data_type for row in rows[1:] for cell in row[3:]} == {"n"}
    assert [(row[0].value, row[0].is_date) for row in rows[1:]] == [(MIDNIGHT, True)] * 3


def test_what_looks_like_a_formula_is_text_also_when_its_cell_is_edited() -> None:
    book = opened(xlsx.stream_report(REPORT))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]

    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    guarded = {cell.value: bool(cell.quotePrefix) for cell in cells if isinstance(cell.value, str)}
    assert guarded["=1+1"]
    assert guarded["\u200b+7"]
    assert not guarded["EUR"]
    assert guarded[' <two> & "three"\nlines '] is False


def test_several_tables_have_a_sheet_each_by_their_titles() -> None:
    report = replace(REPORT, tables=(TABLE, replace(TABLE, slug="again"), replace(TABLE, title="Other/wise")))

    book = opened(xlsx.stream_report(report))

    assert book.sheetnames == ["Summary", "By day all", "By day all 2", "Other wise", "Definitions"]


def test_a_report_without_rows_or_definitions_is_a_workbook_too() -> None:
    bare = Report("test", "Test", "", (), (replace(TABLE, rows=(), definitions=(), notes=()),))

    book = opened(xlsx.stream_report(bare))

    assert book.sheetnames == ["Summary", "Rows"]
    assert values(book, "Rows") == [[column.label for column in COLUMNS]]


def test_many_rows_are_written_as_few_are() -> None:
    book = opened(xlsx.stream_feed(feed_of(SMALL, SMALL)))

    assert book.sheetnames == ["Summary", "Rows", "Definitions"]
    assert values(book, "Summary")[2:4] == [["Period", "22 November 2026"], ["Typed", "=2+2"]]
    row = [MIDNIGHT, "=1+1", "EUR", 1240.5, 1204]
    empty = [None, "Anna", "JPY", None, None]
    assert values(book, "Rows") == [["Day", "Name", "Currency", "Given", "Donations"], row, empty, row, empty]


def test_the_next_sheet_goes_on_where_one_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 2_500)

    book = opened(xlsx.stream_feed(Feed("t", "T", (), (), FIELDS, islice(Endless(), 7))))

    assert book.sheetnames == ["Summary", "Rows", "Rows 2", "Rows 3", "Rows 4"]
    numbers = [row[4] for sheet in book.sheetnames[1:] for row in values(book, sheet)[1:]]
    assert numbers == list(range(7_000))


def test_rows_of_a_table_go_on_where_a_sheet_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 1_200)
    rows = [(DAY, "=1+1", "eur", Money(number, "eur"), number, None) for number in range(2_600)]

    book = opened(xlsx.stream_rows(TABLE, REPORT.facts, iter(rows)))

    assert book.sheetnames == ["Summary", "Rows", "Rows 2", "Rows 3", "Definitions"]
    assert [row[4] for name in book.sheetnames[1:4] for row in values(book, name)[1:]] == list(range(2_600))
    assert values(book, "Summary")[2] == ["Period", "22 November 2026"]


def test_it_goes_out_while_it_is_made() -> None:
    batches = Endless()
    pieces = xlsx.stream_feed(Feed("test", "Test", (), (), FIELDS, iter(batches)))

    sent = b"".join(islice(pieces, 3))

    assert sent.startswith(b"PK")
    assert batches.taken < 40


@settings(max_examples=60)
@given(st.lists(st.text(max_size=12), min_size=1, max_size=4))
def test_every_text_comes_back_as_it_was(texts: list[str]) -> None:
    fields = FIELDS[1:2]

    for pieces in (
        xlsx.stream_feed(Feed("t", "T", (), (), fields, iter(((texts,),)))),
        xlsx.stream_report(
            replace(REPORT, tables=(Table("t", "T", "", COLUMNS[1:2], tuple((t,) for t in texts)),))
        ),
    ):
        assert [_read(cell) for cell in _cells(pieces)] == [_as_xml_can(text) for text in texts if text]


def test_what_looks_like_an_escaped_character_is_escaped_itself() -> None:
    (cell,) = _cells(xlsx.stream_feed(Feed("t", "T", (), (), FIELDS[1:2], iter(((("_x0041_",),),)))))

    assert _read(cell) == "_x005F_x0041_"


@pytest.mark.parametrize(("number", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_named_as_spreadsheets_name_them(number: int, letters: str) -> None:
    assert column_letters(number) == letters


def test_a_sheet_has_a_name_that_spreadsheets_accept() -> None:
    assert sheet_name("[a]:*?/\\b", ()) == "a b"
    assert sheet_name("'History'", ()) == "The history"
    assert sheet_name("", ()) == "Sheet"
    assert sheet_name("x" * 40, ("X" * 31,)) == "x" * 29 + " 2"


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_reads_the_same_rows(tmp_path: Path) -> None:
    path = tmp_path / "report.xlsx"
    path.write_bytes(b"".join(xlsx.stream_report(REPORT)))

    # Commas, quotes, UTF-8, values rather than what is shown, results rather than formulas, every sheet.
    as_csv = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", as_csv, "--outdir", str(tmp_path), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=100)

    text = (tmp_path / "report-Rows.csv").read_text(encoding="utf-8")
    rows = list(csv.reader(text.splitlines(keepends=True)))
    assert [row[1] for row in rows] == ["Campaign", "=1+1", ' <two> & "three"\nlines ', "\u200b+7"]
    assert [row[2] for row in rows[1:]] == ["EUR", "JPY", "KWD"]
    assert [float(row[3]) for row in rows[1:]] == [-1240.5, 500, 1234567.891]
    assert [int(row[4]) for row in rows[1:]] == [1204, 0, -5]


def _cells(pieces: Iterator[bytes]) -> list[ET.Element]:
    """Those of the second sheet, without its header."""
    with zipfile.ZipFile(BytesIO(b"".join(pieces))) as package:
        assert package.testzip() is None
        sheet = ET.fromstring(package.read("xl/worksheets/sheet2.xml"))
    return [cell for cell in sheet.iter(f"{_MAIN}c") if not str(cell.get("r")).endswith("A1")]


def _read(cell: ET.Element) -> str:
    assert cell.get("t") == "inlineStr"
    return "".join(cell.itertext())


def _as_xml_can(text: str) -> str:
    """XML has no control characters, and reads the ends of lines as one kind."""
    kept = "".join(
        "\ufffd" if (each < " " and each not in "\t\n\r") or each in "\ufffe\uffff" else each for each in text
    )
    return kept.replace("\r\n", "\n").replace("\r", "\n")


_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
