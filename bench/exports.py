"""How fast a million donations with decrypted addresses are exported, and in how much memory.

On a PostgreSQL of its own, beside COPY of the same rows with each address decrypted, in one run: that is
the least that anything in Python can do with them. Each measurement has a process of its own, which is
looked at while idle and again at the end. Who gives what is made up as by `donations demo`.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import click
import psycopg
from flask import current_app
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.postgres import database, server
from config import Config
from donations.app import create_app
from donations.content.offers import load_offers
from donations.models.bulk_opening import bulk_opener
from donations.models.database import db, reading
from donations.models.vault import Vault
from donations.reports import csv, donation_feed, xlsx
from donations.reports.donation_list import DonationFilters
from donations.reports.feed import Feed
from donations.runtime import current
from donations.services.demo import DemoPlan, write
from tests.databases import engine_for

KEY: Final = f"bench:{base64.b64encode(bytes(range(32))).decode()}"
NOW: Final = datetime(2026, 11, 22, 12, tzinfo=UTC)
AT_ONCE: Final = 1_000
_COPY: Final = """
    COPY (SELECT s.reference, s.master_key_id, s.data_key_sealed, s.email_sealed, s.name_sealed, d.charged_on,
              d.frequency, d.source, d.method, d.currency, d.amount, d.refunded_amount, d.settlement_currency,
              d.settled_amount, d.fee_amount, d.net_amount, d.stripe_payment_intent_id
          FROM donation d JOIN supporter s ON s.id = d.supporter_id) TO STDOUT (FORMAT BINARY)
"""
_TYPES: Final = (
    *("varchar", "varchar", "bytea", "bytea", "bytea", "date", "varchar", "varchar", "varchar", "varchar"),
    *("int8", "int8", "varchar", "int8", "int8", "int8", "varchar"),
)


def fill(url: str, vault: Vault, supporters: int) -> int:
    """How many donations the made-up history of so many supporters has."""
    plan = DemoPlan(supporters, 5, NOW, 1, ZoneInfo("Europe/Amsterdam"), load_offers())
    engine = engine_for(url)
    with Progress(transient=True) as progress, Session(engine) as session, session.begin():
        task = progress.add_task("Supporters", total=supporters)
        # Neither sums of days nor checks of what is made here are measured.
        session.execute(text("SET LOCAL session_replication_role = replica"))
        written = write(session, vault, plan, lambda more: progress.advance(task, more))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
        connection.execute(text("CHECKPOINT"))
    engine.dispose()
    return written.donations


def export_csv() -> int:
    return sum(len(piece.encode()) for piece in csv.stream_feed(_feed()))


def export_xlsx() -> int:
    return sum(map(len, xlsx.stream_feed(_feed())))


def copy_and_decrypt() -> int:
    """Each row as a tuple, its address and name opened; nothing is written."""
    opener = bulk_opener(current().vault, "supporter", "data_key_sealed", ("email_sealed", "name_sealed"))
    rows = 0
    address = current().config.database_url.replace("+psycopg", "")
    with psycopg.connect(address) as connection, connection.cursor().copy(_COPY) as copy:
        copy.set_types(_TYPES)
        copied = copy.rows()
        while some := list(islice(copied, AT_ONCE)):
            references, masters, keys, emails, names, *_others = zip(*some, strict=True)
            opened = opener(references, masters, keys, zip(emails, names, strict=True))
            rows += sum(each is not None for each in opened)
    return rows


def _feed(newest: int | None = None) -> Feed:
    filters = DonationFilters()
    if newest is None:
        with reading() as session:
            _, newest = donation_feed.measure(session, filters)
    app = current_app._get_current_object()

    @contextmanager
    def look() -> Iterator[Session]:
        with app.app_context(), reading() as session:
            yield session

    batches = donation_feed.batches(look, current().vault, filters, newest)
    return Feed("donations", "Donations", (), (), donation_feed.FIELDS, batches, donation_feed.DEFINITIONS)


MEASURED: Final[dict[str, Callable[[], int]]] = {
    "COPY, each address decrypted": copy_and_decrypt,
    "CSV": export_csv,
    "XLSX": export_xlsx,
}


def _measure(name: str, folder: str, url: str) -> dict[str, float]:
    app = create_app(_config(folder, url))
    with app.app_context():
        sum(map(len, csv.stream_feed(_feed(0))))
        idle = _held_mb("VmRSS")
        # What starting took is not what the export takes.
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        began = time.perf_counter()
        MEASURED[name]()
        seconds = time.perf_counter() - began
        db.engine.dispose()
    return {"seconds": seconds, "idle": idle, "more": _held_mb("VmHWM") - idle}


def _in_a_process(name: str, folder: str, url: str) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.exports", "--measure", name, "--folder", folder, "--url", url]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - ourselves
    return json.loads(answer.stdout.splitlines()[-1])


def _held_mb(what: str) -> float:
    """`VmRSS` is what is held now, `VmHWM` the most so far. Unlike what `getrusage` tells, neither counts
    what the process was that this one was started from."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{what}:"))


def _config(folder: str, url: str) -> Config:
    return Config.from_env({"INSTANCE_DIR": folder, "DATABASE_URL": url, "MASTER_KEYS": KEY})


@click.command(help=__doc__)
@click.option("--supporters", default=100_000, show_default=True)
@click.option("--runs", default=3, show_default=True, help="Of each, the median counts.")
@click.option("--measure", hidden=True)
@click.option("--folder", hidden=True)
@click.option("--url", hidden=True)
def main(supporters: int, runs: int, measure: str | None, folder: str, url: str) -> None:
    if measure is not None:
        click.echo(json.dumps(_measure(measure, folder, url)))
        return
    with tempfile.TemporaryDirectory() as made, server() as running:
        fresh = database(running, "exports")
        rows = fill(fresh, Vault(_config(made, fresh).master_keys), supporters)
        results: dict[str, list[dict[str, Any]]] = {name: [] for name in MEASURED}
        with Progress(transient=True) as progress:
            for _ in progress.track(range(runs), description="Measuring"):
                for name, found in results.items():
                    found.append(_in_a_process(name, made, fresh))
    _print(
        rows,
        {name: sorted(found, key=lambda each: each["seconds"])[runs // 2] for name, found in results.items()},
    )


def _print(rows: int, found: dict[str, dict[str, float]]) -> None:
    table = Table(title=f"{rows:,} donations, each with its decrypted address and name")
    for heading in ("", "seconds", "rows/s", "of COPY", "idle MB", "more MB"):
        table.add_column(heading, justify="right" if heading else "left")
    copied = found["COPY, each address decrypted"]["seconds"]
    for name, each in found.items():
        seconds = each["seconds"]
        figures = (f"{seconds:.1f}", f"{rows / seconds:,.0f}", f"{copied / seconds:.2f}")
        table.add_row(name, *figures, f"{each['idle']:.0f}", f"{each['more']:.0f}")
    Console().print(table)


if __name__ == "__main__":
    main()
