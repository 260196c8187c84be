"""Many rows as CSV: written quickly, and to the letter what `csv.writer` would write."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from donations.domain.money import Money
from donations.reports.csv import stream_feed
from donations.reports.feed import Batch, Feed, Field, plain_amount
from donations.reports.formulas import neutralised
from donations.reports.table import ColumnKind
from tests.reports.feeds import FIELDS, SMALL, Endless, feed_of

TEXTS = st.text(
    st.one_of(st.sampled_from("ab ,\"\r\n=+'\u200b＝Яé"), st.characters(codec="utf-8")), max_size=8
)
CODES = st.sampled_from(["eur", "usd", "jpy", "kwd"])
AMOUNTS = st.none() | st.integers(-(10**12), 10**12)
ROWS = st.lists(
    st.tuples(st.none() | st.dates(date(2000, 1, 1)), st.none() | TEXTS, CODES, AMOUNTS, AMOUNTS),
    min_size=1,
    max_size=6,
)


def written_slowly(rows: list[tuple[date | None, str | None, str, int | None, int | None]]) -> str:
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    for day, name, code, amount, count in rows:
        money = "" if amount is None else f"{Money(amount, code).major():f}"
        writer.writerow((day, neutralised(name or ""), code.upper(), money, count))
    return out.getvalue()


@settings(max_examples=150)
@given(ROWS)
def test_a_batch_is_what_the_csv_module_would_have_written(
    rows: list[tuple[date | None, str | None, str, int | None, int | None]],
) -> None:
    pieces = list(stream_feed(feed_of(tuple(zip(*rows, strict=True)))))

    assert pieces[2] == written_slowly(rows)


def test_a_file_has_its_header_first_and_ends_with_what_it_means() -> None:
    text = "".join(stream_feed(feed_of(SMALL)))

    assert text.startswith("\ufeffDay,Name,Currency,Given,Donations\r\n")
    lines = list(csv.reader(StringIO(text.removeprefix("\ufeff"), newline="")))
    assert lines[1:] == [
        ["2026-11-22", "'=1+1", "EUR", "1240.50", "1204"],
        ["", "Anna", "JPY", "", ""],
        [],
        ["Notes"],
        ["A note."],
        [],
        ["Definitions"],
        ["Given", "What was given."],
    ]


def test_no_more_is_read_than_is_sent() -> None:
    batches = Endless()
    feed = Feed("test", "Test", (), (), FIELDS, iter(batches))

    sent = "".join(islice(stream_feed(feed), 5))

    assert sent.count("\r\n") == 1 + 3 * batches.rows
    assert batches.taken == 3


def test_nothing_to_export_is_still_a_file_with_its_header() -> None:
    assert "".join(stream_feed(Feed("t", "T", (), (), FIELDS, iter(())))) == (
        "\ufeffDay,Name,Currency,Given,Donations\r\n"
    )


def test_money_must_name_its_currency() -> None:
    batch: Batch = ((1,),)
    feed = Feed("t", "T", (), (), (Field("given", "Given", ColumnKind.MONEY),), iter((batch,)))

    with pytest.raises(ValueError, match="does not name its currency"):
        list(stream_feed(feed))


@given(st.integers(), CODES)
def test_an_amount_is_written_as_its_major_units(amount: int, code: str) -> None:
    assert plain_amount(amount, code) == f"{Money(amount, code).major():f}"
