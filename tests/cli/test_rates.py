"""`donations reports rates`, as it is run each month. The values are made up."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from donations.models import ReferenceRate
from donations.models.database import reading
from tests.cli.conftest import Terminal

TABLE = "Date,USD,CYP,\n2021-11-19,1.13,N/A,\n2021-11-18,1.14,N/A,\n2021-10-29,1.12,N/A,\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "eurofxref-hist.csv"
    path.write_text(TABLE)
    return path


def stored() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(ReferenceRate)) or 0


def test_a_dry_run_says_what_would_change_and_stores_nothing(terminal: Terminal, table: Path) -> None:
    said = terminal.says("reports", "rates", str(table), "--dry-run")

    assert "2021-11 │ USD │ 1.135000 │ – │ 2 days │ new" in said
    assert "2 rates would be stored; 0 as known, 0 kept out." in said
    assert "nobody can give in them: CYP." in said
    assert stored() == 0


def test_rates_are_stored_and_others_are_kept_out_until_they_are_to_replace(
    terminal: Terminal, table: Path
) -> None:
    first = terminal.says("reports", "rates", str(table))
    table.write_text(TABLE.replace("1.12,", "1.125,"))
    second = terminal.says("reports", "rates", str(table))
    third = terminal.says("reports", "rates", str(table), "--replace")

    assert "2 rates stored; 0 as known" in first
    assert "No rates stored; 1 as known, 1 kept out. With --replace" in second
    assert "2021-10 │ USD │ 1.125000 │ 1.120000 │ 1 day │ replaces the former" in third
    assert stored() == 3


def test_a_table_with_a_bad_line_is_refused_whole(terminal: Terminal, table: Path) -> None:
    table.write_text(TABLE.replace("1.13", "1,13"))

    said = terminal.says("reports", "rates", str(table), exits=1)

    assert "Nothing of this table can be used. Line 2: This line has 5 cells" in said
    assert stored() == 0


def test_a_file_that_is_not_there_is_said_in_a_sentence(terminal: Terminal, app: Flask) -> None:
    assert "No such file" in terminal.says("reports", "rates", "nowhere.csv", exits=2)
