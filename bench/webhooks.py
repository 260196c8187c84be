"""How many webhooks are accepted in a second, beside the least that any server must do.

The website, (a) a bare WSGI application and (b) Flask with SQLAlchemy Core are measured in turn, round after
round, on one PostgreSQL that waits for the disk, each served by granian with two processes; then the website
and (a) on SQLite, served by waitress: the website with its eight threads, which write as one, and (a) with
one thread and with eight, of which the better counts. What counts are the ratios of medians.
"""

from __future__ import annotations

import base64
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlalchemy import NullPool, create_engine, text

from bench.postgres import database, server
from donations.models.migrating import upgrade
from tests.databases import engine_for

SECRET: Final = "whsec_bench"  # noqa: S105
KEY: Final = f"bench:{base64.b64encode(bytes(range(32))).decode()}"
CONNECTIONS: Final = 16
TARGETS: Final = {
    "website": "donations.cli.web:website",
    "bare": "bench.webhook_servers:bare",
    "bare, eight threads": "bench.webhook_servers:bare",
    "flask_core": "bench.webhook_servers:flask_core",
}
THREADS: Final = {"website": 8, "bare": 1, "bare, eight threads": 8}
"""On SQLite: as many as `donations web` has, and for the bare server what suits it best."""
_START_S: Final = 180
console = Console(width=120)


@dataclass
class Measured:
    """Medians of the rounds of one server. Rates a second, latencies in seconds."""

    rounds: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    alone: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """With one connection."""

    def median(self, name: str, *, alone: bool = False) -> float:
        return statistics.median(each[name] for each in (self.alone if alone else self.rounds))


@contextmanager
def serving(name: str, url: str, folder: Path) -> Iterator[int]:
    """The port of a server. On PostgreSQL granian with two processes, on SQLite waitress."""
    port = _free_port()
    environ = os.environ | {
        "DATABASE_URL": url,
        "QUEUE_URL": f"sqlite:///{folder}/queue.db" if url.startswith("sqlite") else _plain(url),
        "DONATIONS_ENV": "production",
        "INSTANCE_DIR": str(folder),
        "MASTER_KEYS": KEY,
        "SECRET_KEY": "bench" * 10,
        "STRIPE_SECRET_KEY": "sk_test_bench",
        "STRIPE_WEBHOOK_SECRETS": SECRET,
        "PUBLIC_BASE_URL": "https://localhost",
        "PORT": str(port),
    }
    command = _by_threads(name, port) if url.startswith("sqlite") else _two_processes(name, port)
    with (folder / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(command, env=environ, stdout=log, stderr=log)  # noqa: S603 - ourselves
        try:
            _wait_for(port)
            yield port
        finally:
            process.terminate()
            process.wait(60)


def _two_processes(name: str, port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--workers", "2"),
        *("--blocking-threads", "8", "--http", "1", "--no-ws", "--port", str(port), "--host", "127.0.0.1"),
        TARGETS[name],
    ]


def _by_threads(name: str, port: int) -> list[str]:
    listen = f"127.0.0.1:{port}"
    return [
        *(sys.executable, "-m", "waitress", "--threads", str(THREADS[name]), "--listen", listen, "--call"),
        TARGETS[name],
    ]


def load(port: int, name: str, connections: int, seconds: float) -> dict[str, Any]:
    most = int(seconds * 4_000)
    command = [
        *(sys.executable, "-m", "bench.webhook_load", "--port", str(port), "--name", name),
        *("--secret", SECRET, "--connections", str(connections), "--seconds", str(seconds)),
        *("--most", str(most)),
    ]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - ourselves
    found = json.loads(answer.stdout)
    if set(found["statuses"]) != {"200"}:
        raise click.ClickException(f"{name} was answered {found['statuses']}")
    return found


def compare(url: str, names: tuple[str, ...], rounds: int, seconds: float) -> dict[str, Measured]:
    """All servers stand ready, and are asked one after the other in each round."""
    found = {name: Measured() for name in names}
    with ExitStack() as stack:
        made = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        progress = stack.enter_context(Progress(transient=True, console=console))
        ports = {name: stack.enter_context(serving(name, url, made)) for name in names}
        for name, port in ports.items():
            load(port, f"w{name}", CONNECTIONS, 1)
        for number in progress.track(range(rounds), description="Rounds"):
            for name, measured in found.items():
                measured.rounds.append(load(ports[name], f"r{number}{name}", CONNECTIONS, seconds))
                measured.alone.append(load(ports[name], f"s{number}{name}", 1, seconds / 4))
    return found


def on_sqlite(rounds: int, seconds: float) -> dict[str, Measured]:
    with tempfile.TemporaryDirectory() as made:
        url = f"sqlite:///{made}/donations.db"
        engine = engine_for(url)
        upgrade(engine)
        engine.dispose()
        return compare(url, tuple(THREADS), rounds, seconds)


def on_postgres(rounds: int, seconds: float) -> dict[str, Measured]:
    with server() as running:
        url = database(running, "webhooks")
        _require_durable(url)
        return compare(url, ("website", "bare", "flask_core"), rounds, seconds)


def _require_durable(url: str) -> None:
    with create_engine(url, poolclass=NullPool).connect() as connection:
        for setting in ("fsync", "synchronous_commit"):
            if connection.scalar(text(f"SHOW {setting}")) != "on":
                raise click.ClickException(f"{setting} is off: nothing would be measured")


def _plain(url: str) -> str:
    return url.replace("+psycopg", "")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(port: int) -> None:
    """Until it answers anything: a socket is open long before what is behind it is ready."""
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise click.ClickException("the server did not come up")


def print_servers(title: str, found: dict[str, Measured]) -> None:
    table = Table(title=title)
    for heading in ("", "accepted/s", "p50 ms", "p99 ms", "one connection: p50 ms"):
        table.add_column(heading, justify="right" if heading else "left")
    for name, measured in found.items():
        times = (measured.median("p50"), measured.median("p99"), measured.median("p50", alone=True))
        table.add_row(name, f"{measured.median('rate'):,.0f}", *(f"{each * 1000:.2f}" for each in times))
    console.print(table)


def print_goals(goals: list[tuple[str, float, str, bool]]) -> None:
    table = Table(title="Goals")
    for heading in ("", "found", "goal", ""):
        table.add_column(heading, justify="right" if heading in {"found", "goal"} else "left")
    for what, found, goal, is_met in goals:
        table.add_row(what, f"{found:.2f}", goal, "[green]met[/]" if is_met else "[red]not met[/]")
    console.print(table)


def postgres_goals(found: dict[str, Measured]) -> list[tuple[str, float, str, bool]]:
    ours, bare, core = found["website"], found["bare"], found["flask_core"]
    of_bare = ours.median("rate") / bare.median("rate")
    of_core = ours.median("rate") / core.median("rate")
    tail = ours.median("p99") / core.median("p99")
    alone = ours.median("p50", alone=True) * 1000
    return [
        ("accepted/s, of (a) bare WSGI", of_bare, "≥ 0.55", of_bare >= 0.55),
        ("accepted/s, of (b) Flask and Core", of_core, "≥ 0.9", of_core >= 0.9),
        ("p99, of (b)'s", tail, "≤ 2", tail <= 2),
        ("one connection, p50 ms", alone, "≤ 2.5", alone <= 2.5),
    ]


def sqlite_goals(found: dict[str, Measured]) -> list[tuple[str, float, str, bool]]:
    bare = max(found[name].median("rate") for name in found if name != "website")
    ratio = found["website"].median("rate") / bare
    return [("SQLite, one writer: accepted/s, of (a)", ratio, "≥ 0.6", ratio >= 0.6)]


@click.command(help=__doc__)
@click.option("--rounds", default=5, show_default=True)
@click.option("--seconds", default=4.0, show_default=True, help="Of each round.")
@click.option("--only", type=click.Choice(["postgres", "sqlite"]), help="One of the two databases.")
def main(rounds: int, seconds: float, only: str | None) -> None:
    goals: list[tuple[str, float, str, bool]] = []
    if only != "sqlite":
        found = on_postgres(rounds, seconds)
        print_servers("PostgreSQL, granian with two processes, 16 connections", found)
        goals += postgres_goals(found)
    if only != "postgres":
        found = on_sqlite(rounds, seconds)
        print_servers("SQLite, waitress, 16 connections", found)
        goals += sqlite_goals(found)
    print_goals(goals)


if __name__ == "__main__":
    main()
