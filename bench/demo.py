"""How quickly a made-up history is written on PostgreSQL, beside a bare COPY of its donations alone.

Both keep every constraint, index and trigger, and end with a commit. The history draws its lives, seals
its supporters and writes a dozen more tables.
"""

from __future__ import annotations

import os
import shutil
import time
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.progress import Progress
from sqlalchemy.orm import Session

from config import MasterKey
from donations.content.offers import load_offers
from donations.models.vault import Vault
from donations.services.demo import DemoPlan, Written, write
from tests.databases import PostgresTemplate, engine_for, temporary_folder

_UNTIL = datetime(2026, 11, 1, tzinfo=UTC)
_OUT = "COPY donation TO STDOUT"
_IN = "COPY donation FROM STDIN"


def write_history(url: str, supporters: int) -> tuple[Written, float]:
    plan = DemoPlan(supporters, 5, _UNTIL, 1, ZoneInfo("Europe/Amsterdam"), load_offers())
    vault = Vault((MasterKey("bench", os.urandom(32)),))
    engine = engine_for(url)
    with Progress(console=Console(stderr=True), transient=True) as bar, Session(engine) as session:
        task = bar.add_task("Supporters", total=supporters)
        began = time.perf_counter()
        with session.begin():
            written = write(session, vault, plan, lambda more: bar.advance(task, more))
        seconds = time.perf_counter() - began
    return written, seconds


def copy_donations(url: str) -> float:
    """The same rows once more, into the table that they were taken from."""
    with engine_for(url).connect() as connection:
        raw: Any = connection.connection.driver_connection
        with raw.cursor() as cursor:
            with cursor.copy(_OUT) as out:
                messages = [bytes(each) for each in out]
            cursor.execute("TRUNCATE donation CASCADE")
            raw.commit()
            began = time.perf_counter()
            with cursor.copy(_IN) as copy:
                for message in messages:
                    copy.write(message)
            raw.commit()
            return time.perf_counter() - began


@click.command(help=__doc__)
@click.option("--supporters", default=10_000, show_default=True)
def main(supporters: int) -> None:
    folder = temporary_folder()
    server = PostgresTemplate(folder)
    try:
        with server.fresh() as url:
            written, seconds = write_history(url, supporters)
            bare = copy_donations(url)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    rows = sum(written.rows.values())
    click.echo(
        f"{written.donations} donations of {supporters} supporters, {rows} rows in all: {seconds:.1f} s,"
        f" {written.donations / seconds:,.0f} donations/s"
    )
    click.echo(
        f"The donations alone, by COPY: {bare:.1f} s, {written.donations / bare:,.0f}/s;"
        f" the history takes {seconds / bare:.2f} times as long"
    )


if __name__ == "__main__":
    main()
