"""Tables of the European Central Bank, in the forms that it publishes. The values are made up."""

from __future__ import annotations

from datetime import date

import pytest

from donations.domain.ecb import MOST_PROBLEMS, EcbTable, Problem, read_table
from donations.domain.rates import MonthRate

TODAY = date(2026, 11, 22)
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)

HISTORY = """\
Date,USD,JPY,CYP,GBP,
2026-11-20,1.1302,178.1,N/A,0.8571,
2026-11-19,1.1299,178.2,N/A,0.8572,
2026-10-30,1.1201,177,N/A,N/A,
"""
ONE_DAY = "Date, USD, JPY, GBP, \n20 November 2026, 1.1302, 178.10, 0.85710, \n"
SERIES_HEADER = (
    "KEY,FREQ,CURRENCY,CURRENCY_DENOM,EXR_TYPE,EXR_SUFFIX,TIME_PERIOD,OBS_VALUE,OBS_STATUS,TITLE\n"
)
BY_MONTH = SERIES_HEADER + (
    'EXR.M.USD.EUR.SP00.A,M,USD,EUR,SP00,A,2026-10,1.1198043478,A,"US dollar/Euro, 2:15 pm"\n'
    'EXR.M.JPY.EUR.SP00.A,M,JPY,EUR,SP00,A,2026-10,177.5,A,"Japanese yen/Euro"\n'
)
BY_DAY = SERIES_HEADER + (
    "EXR.D.USD.EUR.SP00.A,D,USD,EUR,SP00,A,2026-11-19,1.13,A,US dollar\n"
    "EXR.D.USD.EUR.SP00.A,D,USD,EUR,SP00,A,2026-11-20,1.14,A,US dollar\n"
    "EXR.D.USD.EUR.SP00.A,D,USD,EUR,SP00,A,2026-11-21,,H,US dollar\n"
    "EXR.D.CYP.EUR.SP00.A,D,CYP,EUR,SP00,A,2007-11-20,0.58,A,Cyprus pound\n"
)


def read(text: str) -> EcbTable:
    return read_table(text.encode(), TODAY)


def problem(text: str) -> Problem:
    table = read(text)
    assert table.rates == ()
    return table.problems[0]


def test_the_history_gives_the_mean_of_the_days_of_each_month() -> None:
    table = read(HISTORY)

    assert table == EcbTable(
        rates=(
            MonthRate(OCTOBER, "jpy", 177_000_000, 1),
            MonthRate(OCTOBER, "usd", 1_120_100, 1),
            MonthRate(NOVEMBER, "gbp", 857_150, 2),
            MonthRate(NOVEMBER, "jpy", 178_150_000, 2),
            MonthRate(NOVEMBER, "usd", 1_130_050, 2),
        ),
        left_out=("CYP",),
    )


def test_the_table_of_one_day_is_read_too() -> None:
    assert read(ONE_DAY).rates == (
        MonthRate(NOVEMBER, "gbp", 857_100, 1),
        MonthRate(NOVEMBER, "jpy", 178_100_000, 1),
        MonthRate(NOVEMBER, "usd", 1_130_200, 1),
    )


def test_a_published_month_is_rounded_to_six_decimals() -> None:
    assert read(BY_MONTH).rates == (
        MonthRate(OCTOBER, "jpy", 177_500_000),
        MonthRate(OCTOBER, "usd", 1_119_804),
    )


def test_series_by_day_leave_out_days_without_a_rate_and_currencies_that_are_gone() -> None:
    assert read(BY_DAY) == EcbTable((MonthRate(NOVEMBER, "usd", 1_135_000, 2),), left_out=("CYP",))


def test_line_ends_and_the_mark_at_the_start_make_no_difference() -> None:
    table = read_table(b"\xef\xbb\xbf" + HISTORY.replace("\n", "\r\n").encode(), TODAY)

    assert table == read(HISTORY)


@pytest.mark.parametrize(
    ("old", "new", "line", "why"),
    [
        ("2026-11-20,", "20/11/2026,", 2, "“20/11/2026” is no day like 2026-11-22"),
        ("2026-11-20,", "31 Brumaire 2026,", 2, "no day like"),
        ("2026-11-20,", "2026-11-31,", 2, "no day like"),
        ("2026-11-20,", "2026-11-23,", 2, "“2026-11-23” is still to come"),
        ("2026-11-20,", "1998-12-31,", 2, "before the euro began"),
        ("2026-11-20,", "2026-11-19,", 3, "2026-11-19 stands in an earlier line already"),
        ("1.1302", "1,1302", 2, "This line has 7 cells; the first line has 6"),
        ("1.1302", '"1,1302"', 2, "USD: “1,1302” is no rate"),
        ("1.1302", "", 2, "USD: “” is no rate"),
        ("1.1302", "-1.1302", 2, "USD: “-1.1302” is no rate"),
        ("1.1302", "1e5", 2, "is no rate"),
        ("1.1302", "NaN", 2, "is no rate"),
        ("1.1302", "١.١", 2, "is no rate"),
        ("1.1302", "0.0000", 2, "too small for a rate"),
        ("1.1302", "1" * 60, 2, "…” is no rate"),
        ("0.8571,", "0.8571,1.2", 2, "“1.2” stands after the last currency"),
        ("JPY", "USD", 1, "USD stands twice in the first line"),
        ("JPY", "EUR", 1, "the euro to itself"),
        ("JPY", "yen", 1, "“yen” is no code"),
        ("Date", "Datum", 1, "no table of the European Central Bank that we know"),
        ("1.1302", '"1.1302"x', 2, "not CSV"),
    ],
)
def test_what_the_bank_does_not_write_is_refused_by_line_and_reason(
    old: str, new: str, line: int, why: str
) -> None:
    found = problem(HISTORY.replace(old, new, 1))

    assert found.line == line
    assert why in found.reason


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("M,USD,EUR", "A,USD,EUR", "“A” as FREQ"),
        ("M,USD,EUR", "M,USD,GBP", "only rates against the euro"),
        ("SP00,A,2026", "EN00,A,2026", "only reference rates (SP00)"),
        ("SP00,A,2026", "SP00,E,2026", "only averages (A)"),
        ("EXR.M.USD", "EXR.M.GBP", "does not fit its line"),
        ("2026-10,", "2026-12,", "still to come"),
        ("2026-10,", "2026-13,", "no month like 2026-10"),
        ("2026-10,", "1998-12,", "before the euro began"),
        ("2026-10,", "2026-10-01,", "no month like 2026-10"),
        ("1.1198043478", "NULL", "no rate like"),
    ],
)
def test_a_series_that_is_no_reference_rate_is_refused(old: str, new: str, why: str) -> None:
    found = problem(BY_MONTH.replace(old, new, 1))

    assert found.line == 2
    assert why in found.reason


def test_series_by_day_and_by_month_belong_in_files_of_their_own() -> None:
    assert "Give each a file of its own" in problem(BY_MONTH + BY_DAY.removeprefix(SERIES_HEADER)).reason


def test_an_observation_that_stands_twice_is_refused() -> None:
    assert problem(BY_MONTH + BY_MONTH.removeprefix(SERIES_HEADER)).line == 4


def test_a_table_of_earlier_versions_is_refused() -> None:
    assert "VALID_FROM" in problem(BY_MONTH.replace("TITLE", "VALID_FROM")).reason


def test_one_bad_line_leaves_no_rates_at_all_and_every_bad_line_is_named() -> None:
    table = read(HISTORY.replace("1.1302", "x").replace("2026-10-30", "y"))

    assert table.rates == ()
    assert [each.line for each in table.problems] == [2, 4]


def test_naming_lines_ends_where_the_file_is_another_one() -> None:
    table = read("Date,USD,\n" + "nonsense\n" * 100_000)

    assert len(table.problems) == MOST_PROBLEMS


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"PK\x03\x04rest", "Unpack it"),
        (b"\xff\xfe\x00", "not text in UTF-8"),
        (b"", "no rates in it"),
        (b"\n \n", "no rates in it"),
        (b"Date,USD,\n", "no rates in it"),
        (b"Date,\n", "names no currency"),
        (b"Date,USD,\n2026-11-20,N/A,\n", "no rates in it"),
    ],
)
def test_what_is_no_table_is_said_in_a_sentence(content: bytes, why: str) -> None:
    table = read_table(content, TODAY)

    assert table.rates == ()
    assert why in table.problems[0].reason


@pytest.mark.parametrize(
    ("days", "mean"),
    [
        (("1.000000", "1.000001"), 1_000_000),
        (("1.000001", "1.000002"), 1_000_002),
        (("1.0000005000001", "1.0000004999998"), 1_000_000),
    ],
)
def test_a_mean_is_rounded_half_to_even_and_only_once(days: tuple[str, str], mean: int) -> None:
    table = read("Date,USD,\n2026-11-19,{},\n2026-11-20,{},\n".format(*days))

    assert table.rates[0].per_euro == mean
