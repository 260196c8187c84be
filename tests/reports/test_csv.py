"""CSV that spreadsheets read as figures, and never as formulas."""

from __future__ import annotations

import csv
from datetime import date
from fractions import Fraction
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donations.domain.money import Money
from donations.reports.csv import neutralised, stream_report, stream_table
from donations.reports.table import Column, ColumnKind, Definition, Report, Table

COLUMNS = (
    Column("day", "Day", ColumnKind.DAY),
    Column("campaign", "Campaign", ColumnKind.TEXT),
    Column("currency", "Currency", ColumnKind.CURRENCY),
    Column("gross", "Gross", ColumnKind.MONEY),
    Column("donations", "Donations", ColumnKind.COUNT),
    Column("change", "Change", ColumnKind.PERCENT),
)
DAY = date(2026, 11, 22)


def table_of(campaign: str = "winter") -> Table:
    return Table(
        "test",
        "Test",
        "A sentence.",
        COLUMNS,
        (
            (DAY, campaign, "eur", Money(-124050, "eur"), 1204, Fraction(-1, 3)),
            (DAY, campaign, "jpy", Money(500, "jpy"), 0, None),
        ),
        definitions=(Definition("Gross", "What was given."),),
    )


def parsed(chunks: object) -> list[list[str]]:
    text = "".join(chunks)  # type: ignore[call-overload]
    assert text.startswith("\ufeff")
    return list(csv.reader(StringIO(text.removeprefix("\ufeff"), newline="")))


def test_numbers_are_plain_decimals_beside_their_currency() -> None:
    rows = parsed(stream_table(table_of()))

    assert rows[:3] == [
        ["Day", "Campaign", "Currency", "Gross", "Donations", "Change (%)"],
        ["2026-11-22", "winter", "EUR", "-1240.50", "1204", "-33.3"],
        ["2026-11-22", "winter", "JPY", "500", "0", ""],
    ]


def test_definitions_are_in_every_export() -> None:
    report = Report("test", "Test", "All of it.", (("Period", "22 November 2026"),), (table_of(), table_of()))

    for rows in (parsed(stream_table(table_of())), parsed(stream_report(report))):
        assert rows[-2:] == [["Definitions"], ["Gross", "What was given."]]


def test_a_whole_report_says_what_was_asked_and_names_each_table() -> None:
    report = Report("test", "Test", "All of it.", (("Period", "22 November 2026"),), (table_of(),))

    rows = parsed(stream_report(report))

    assert rows[:4] == [["Test"], ["Period", "22 November 2026"], [], ["Test"]]
    assert rows[4:7] == parsed(stream_table(table_of()))[:3]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "\nx",
        "  =1+1",
        "\u00a0=1+1",
        "\u2003@x",
        "\ufeff=1+1",
        "\u200b=1+1",
        " \ufeff =1+1",
        "＝1+1",
        "＋1",
        "－1",
        "＠x",
        "﹣1",
        "﹢1",
        " ＝1",
        '=HYPERLINK("https://evil.example","x")',
    ],
)
def test_what_a_spreadsheet_would_calculate_is_neutralised(text: str) -> None:
    assert neutralised(text) == f"'{text}"
    assert parsed(stream_table(table_of(text)))[1][1] == f"'{text}"


@pytest.mark.parametrize("text", ["winter", "a=b", "x-y", "1+1", "", "  two", "«цитата»", "n***@example.com"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert neutralised(text) == text


@given(st.text(max_size=12))
def test_no_text_cell_begins_like_a_formula(text: str) -> None:
    written = parsed(stream_table(table_of(text)))[1][1]

    assert not written.lstrip(" \u00a0\ufeff\u200b").startswith(
        ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
    )
    assert written.removeprefix("'") == text.removeprefix("'")
