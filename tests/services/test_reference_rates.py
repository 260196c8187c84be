"""Storing rates: fixed once stored, replaced only when asked, all of a table or nothing."""

from __future__ import annotations

from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from donations.domain.ecb import EcbTable, Problem
from donations.domain.errors import NotFound
from donations.domain.rates import MonthRate
from donations.models import RateUpload, ReferenceRate
from donations.models.database import reading, writing
from donations.services import rate_uploads
from donations.services.reference_rates import Fate, RatesChanged, Recording, fates_of, store
from tests.factories import NOON, ZONE

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
RECORDING = Recording("eurofxref-hist.csv", None, NOON, ZONE)
FIRST = (
    MonthRate(OCTOBER, "usd", 1_120_100, 20),
    MonthRate(NOVEMBER, "usd", 1_130_050, 15),
    MonthRate(NOVEMBER, "gbp", 857_150),
)
LATER = (MonthRate(OCTOBER, "usd", 1_120_100), MonthRate(NOVEMBER, "usd", 1_131_000, 20))


def stored(*rates: MonthRate, replaces: bool = False) -> list[Fate]:
    with writing() as session:
        return [line.fate for line in store(session, rates, RECORDING, replaces=replaces)]


def rows() -> list[tuple[date, str, int, int]]:
    with reading() as session:
        found = select(
            ReferenceRate.month, ReferenceRate.currency, ReferenceRate.version, ReferenceRate.per_euro
        ).order_by(ReferenceRate.month, ReferenceRate.currency, ReferenceRate.version)
        return [(month, code, version, rate) for month, code, version, rate in session.execute(found)]


def test_a_month_keeps_the_rate_that_it_has_until_one_is_to_replace_it(app: Flask) -> None:
    first, again, kept = stored(*FIRST), stored(*FIRST), stored(*LATER)
    replaced = stored(*LATER, replaces=True)

    assert first == [Fate.ADDED] * 3
    assert again == [Fate.SAME] * 3
    assert kept == [Fate.SAME, Fate.KEPT_OUT]
    assert replaced == [Fate.SAME, Fate.REPLACED]
    assert rows() == [
        (OCTOBER, "usd", 1, 1_120_100),
        (NOVEMBER, "gbp", 1, 857_150),
        (NOVEMBER, "usd", 1, 1_130_050),
        (NOVEMBER, "usd", 2, 1_131_000),
    ]


def test_looking_at_what_would_happen_changes_nothing(app: Flask) -> None:
    with reading() as session:
        lines = fates_of(session, FIRST, replaces=True)

    assert [line.fate for line in lines] == [Fate.ADDED] * 3
    assert rows() == []


def test_rates_are_only_ever_added(app: Flask) -> None:
    stored(*FIRST)

    for statement in ("UPDATE reference_rate SET per_euro = 1", "DELETE FROM reference_rate"):
        with pytest.raises(IntegrityError, match="only ever added"), writing() as session:
            session.execute(text(statement))


def test_two_who_store_other_rates_of_one_month_at_once_leave_one_of_them(app: Flask) -> None:
    start, outcomes = Barrier(2), list[object]()

    def stores(per_euro: int) -> None:
        with app.app_context():
            start.wait()
            try:
                outcomes.append(stored(MonthRate(OCTOBER, "sek", 1), MonthRate(OCTOBER, "usd", per_euro)))
            except RatesChanged:
                outcomes.append("changed")

    threads = [Thread(target=stores, args=(rate,)) for rate in (1_100_000, 1_200_000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [Fate.ADDED, Fate.ADDED] in outcomes
    assert [code for _, code, _, _ in rows()] == ["sek", "usd"]


def test_a_whole_history_is_stored_at_once(app: Flask) -> None:
    months = [date(1999 + n // 12, n % 12 + 1, 1) for n in range(330)]
    history = [MonthRate(month, code, 1_000_000) for month in months for code in ("usd", "gbp", "jpy", "sek")]

    stored(*history)

    assert len(rows()) == len(history)


def test_an_upload_is_stored_once_however_often_it_is_confirmed(app: Flask) -> None:
    table = EcbTable(FIRST, left_out=("CYP",))
    with writing() as session:
        reference = rate_uploads.keep(session, table, file_name="../a\x00.csv", by=None, now=NOON).reference

    with writing() as session:
        rate_uploads.confirm(session, reference, RECORDING, replaces=False)
    with writing() as session:
        row = rate_uploads.confirm(session, reference, RECORDING, replaces=True)

    assert (row.file_name, row.added, row.replaced) == ("a.csv", 3, 0)
    assert len(rows()) == 3
    with reading() as session:
        assert rate_uploads.get(session, reference).table == table


def test_a_refused_table_is_kept_to_be_looked_at(app: Flask) -> None:
    table = EcbTable(problems=(Problem(7, "“\x00” is no rate."),))
    with writing() as session:
        reference = rate_uploads.keep(session, table, file_name="", by=None, now=NOON).reference

    with reading() as session:
        assert rate_uploads.get(session, reference).table == table


def test_uploads_are_forgotten_after_some_weeks(app: Flask) -> None:
    for days in (0, 31):
        with writing() as session:
            rate_uploads.keep(
                session, EcbTable(FIRST), file_name="t.csv", by=None, now=NOON + timedelta(days=days)
            )

    with reading() as session:
        assert session.scalar(select(func.count()).select_from(RateUpload)) == 1
        with pytest.raises(NotFound):
            rate_uploads.get(session, "no-such-upload")
