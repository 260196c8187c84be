"""How many tickets a second are applied, and that one costs the same however many donations there are.

Stripe is an instant stub, so what is measured is ours: lease, look for relatives, apply, commit. Each ticket
is of a payment that is new: it makes a donation, its receipt and its movement. Worker processes are started
for each run, as many as are asked for, and work on one PostgreSQL that waits for the disk.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import SystemRandom
from typing import Final

import click
from flask import Flask
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlalchemy import func, select

from bench.exports import fill
from bench.postgres import database, server
from config import Config
from donations import runtime
from donations.app import create_app
from donations.gateway.kinds import ObjectKind
from donations.gateway.snapshots import Snapshot
from donations.jobs import drain
from donations.models import Checkout, Donation, StripeObject
from donations.models.database import db, reading, writing
from donations.models.vault import Vault
from donations.services import inbox
from tests import factories
from tests.fakes import FakeGateway
from tests.sync.lives import ids, payment_intent

GOAL: Final = 300
_NEW: Final = "bench"
console = Console(width=120)


class InstantStripe(FakeGateway):
    """Says of each payment that it succeeded, without being told of any beforehand."""

    def __init__(self, checkouts: dict[str, Checkout]) -> None:
        super().__init__()
        self.checkouts = checkouts

    def fetch(self, kind: ObjectKind, stripe_id: str) -> Snapshot:
        self._begin()
        return payment_intent(self.checkouts[stripe_id])


def mark_new_payments(app: Flask, count: int, name: str) -> None:
    """So many checkouts, and a ticket for the payment of each."""
    with app.app_context(), writing() as session:
        current = runtime.current()
        now = datetime.now(UTC)
        for number in range(count):
            unique = f"{name}x{number}"
            supporter = factories.make_supporter(session, current.vault, email=f"{unique}@example.com")
            checkout = factories.make_checkout(
                session,
                supporter,
                reference=f"ref{unique}",
                nonce=unique,
                idempotency_key=unique,
                stripe_session_id=f"cs_{unique}",
            )
            inbox.mark(session, ObjectKind.PAYMENT_INTENT, ids(checkout)["payment_intent"], now)


def _work(url: str, folder: str, threads: int) -> dict[str, float]:
    """One worker, until nothing is due."""
    app = create_app(_config(url, folder))
    with app.app_context():
        with reading() as session:
            waiting = select(Checkout).where(Checkout.nonce.startswith(_NEW), Checkout.status == "open")
            known = {ids(row)["payment_intent"]: row for row in session.scalars(waiting)}
        running = replace(runtime.current(), gateway=InstantStripe(known))
        click.echo("ready")
        sys.stdin.readline()
        began, looked_at = time.perf_counter(), 0
        while some := drain.drain(running, SystemRandom(), threads=threads):
            looked_at += some
        took = time.perf_counter() - began
        db.engine.dispose()
    return {"tickets": looked_at, "seconds": took}


def run_workers(url: str, folder: Path, workers: int, threads: int) -> float:
    """Tickets a second of all together, from when all are ready."""
    command = [sys.executable, "-m", "bench.applying", "--work", url, "--folder", str(folder)]
    with (folder / "log").open("ab") as log:
        started = [
            subprocess.Popen(  # noqa: S603 - ourselves
                [*command, "--threads", str(threads)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
            for _ in range(workers)
        ]
        for each in started:
            assert each.stdout is not None
            each.stdout.readline()
        for each in started:
            assert each.stdin is not None
            each.stdin.write("go\n")
            each.stdin.flush()
        found = [json.loads(each.communicate()[0].splitlines()[-1]) for each in started]
    return sum(each["tickets"] for each in found) / max(each["seconds"] for each in found)


def measure(url: str, folder: Path, count: int, workers: int, threads: int, rounds: int) -> tuple[int, float]:
    """How many donations there are, and the median of tickets a second."""
    app = create_app(_config(url, str(folder)))
    rates: list[float] = []
    for number in range(rounds + 1):
        mark_new_payments(app, count, f"{_NEW}{int(time.time()) % 10**7}n{number}")
        rate = run_workers(url, folder, workers, threads)
        # The first warms up what the database has not read yet.
        if number:
            rates.append(rate)
    with app.app_context():
        with reading() as session:
            donations = session.execute(select(func.count(Donation.id))).scalar_one()
            left = session.execute(
                select(func.count(StripeObject.id)).where(StripeObject.applied < StripeObject.generation)
            ).scalar_one()
        db.engine.dispose()
    if left:
        raise click.ClickException(f"{left} tickets were not applied")
    return donations, statistics.median(rates)


def _config(url: str, folder: str) -> Config:
    return Config.from_env(
        {
            "INSTANCE_DIR": folder,
            "DATABASE_URL": url,
            "QUEUE_URL": "memory://",
            "STRIPE_CALLS_PER_SECOND": "10000",
        }
    )


@click.command(help=__doc__)
@click.option("--supporters", default="0,1000,10000", show_default=True, help="Of each history.")
@click.option(
    "--kept-in", type=click.Path(path_type=Path), help="Where bench.reports has kept such histories."
)
@click.option("--tickets", default=1_000, show_default=True, help="Of each round.")
@click.option("--workers", default=2, show_default=True)
@click.option("--threads", default=4, show_default=True)
@click.option("--rounds", default=5, show_default=True)
@click.option("--work", hidden=True)
@click.option("--folder", hidden=True)
def main(
    supporters: str,
    kept_in: Path | None,
    tickets: int,
    workers: int,
    threads: int,
    rounds: int,
    work: str | None,
    folder: str,
) -> None:
    if work is not None:
        click.echo(json.dumps(_work(work, folder, threads)))
        return
    found: list[tuple[int, float]] = []
    postgres = None if kept_in is None else kept_in / "postgres"
    with (
        tempfile.TemporaryDirectory() as made,
        server(postgres) as running,
        Progress(transient=True, console=console) as progress,
    ):
        # The keys are kept beside the databases.
        instance = Path(made) if kept_in is None else kept_in / "instance"
        task = progress.add_task("Sizes", total=None)
        for size in map(int, supporters.split(",")):
            progress.update(task, description=f"{size:,} supporters")
            url = database(running, f"size_{size}")
            if size and kept_in is None:
                fill(url, Vault(_config(url, str(instance)).master_keys), size)
            found.append(measure(url, instance, tickets, workers, threads, rounds))
    _print(found, workers)


def _print(found: list[tuple[int, float]], workers: int) -> None:
    table = Table(title=f"Tickets of new payments, {workers} worker processes, an instant stub of Stripe")
    for heading in ("donations", "tickets/s", "of the first", f"goal: {GOAL} a second"):
        table.add_column(heading, justify="right")
    for donations, rate in found:
        is_met = "[green]met[/]" if rate >= GOAL else "[red]not met[/]"
        table.add_row(f"{donations:,}", f"{rate:,.0f}", f"{rate / found[0][1]:.2f}", is_met)
    console.print(table)


if __name__ == "__main__":
    main()
